/* What is wrong with templates, and what will hurt on paper, found with their samples before any
 * paper is used. */
#ifndef BONBON_SHOP_TEMPLATE_CHECK_H
#define BONBON_SHOP_TEMPLATE_CHECK_H

#include "shop/preview.h"

enum template_severity { TEMPLATE_PROBLEM, TEMPLATE_WARNING };

/* what is placed: file, line and column of the template or the partial. */
typedef void template_report(void *ctx, enum template_severity severity, const struct err *what);

struct template_counts {
    size_t templates, problems, warnings;
};

/* Checks asked->template, or each of the owner's templates (of the gallery's, where there is none)
 * when it is NULL, laid out for paper of 58 and of 80 mm. Each finding is reported once. Problems:
 * what does not compile or is left out; warnings: names that the sample does not have, words broken
 * in narrow columns, codes of small modules, letters without a font. err is for what kept the check
 * itself from running. */
bool templates_check(const struct preview *asked, template_report *report, void *ctx,
                     struct template_counts *counts, struct err *err);

#endif
