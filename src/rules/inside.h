/* What the files of this room share: the loaded form of a rules file, and the walker that reads it.
 *
 * base/yaml.h's yaml_walk() stops at the first mistake, which is right for loading; `rules check`
 * wants all of them. So this room walks its maps itself, by tables of fields, and goes on after a
 * mistake. */
#ifndef BONBON_RULES_INSIDE_H
#define BONBON_RULES_INSIDE_H

#include "base/yaml.h"
#include "rules/rules.h"

enum { MAX_CONDITIONS = 24, MAX_LIMITS = 32, MAX_NAME_BYTES = 100, MAX_PER_SALE = 100 };

struct rules {
    struct arena arena; /* holds everything, this struct too */
    const struct currency *currency;
    struct offer *offers;
    size_t n_offers;
    struct rule *rules;
    size_t n_rules;
    unsigned per_sale;
};

/* --- what conditions are made of --- */

/* A pattern of folded characters, where * stands for any run of them. */
struct pattern {
    const uint32_t *cp;
    size_t n;
};
struct words {
    bool any; /* whatever it is */
    const struct pattern *p;
    size_t n;
};
/* Folds text into at most text.n characters; returns how many. */
size_t words_fold(struct slice text, uint32_t *out);
bool words_match(const struct words *words, struct slice text);

/* Both ends belong to it; counts, minor units or millionths. */
struct range {
    int64_t low, high;
};
struct hours {
    unsigned from_min, to_min; /* to_min itself is outside; from > to runs over midnight */
};
struct dates {
    bool yearly;      /* the ends are month × 100 + day */
    int32_t from, to; /* days; both belong to it */
};
struct item_asked {
    struct words sku, name, category;
    struct slice what; /* "category coffee" */
    bool has_sku, has_name, has_category, has_quantity;
    struct range quantity; /* millionths */
};

enum number_kind { NUMBER_COUNT, NUMBER_UNITS, NUMBER_MONEY };
enum { UNITS_SCALE = 6 };

struct condition {
    const struct fact *fact;
    struct slice asked; /* as the owner wrote it */
    union {
        struct range range;
        struct words words;
        struct item_asked item;
        bool yes;
        unsigned weekdays; /* bit 0 is Monday */
        int32_t within_days;
        struct {
            const struct hours *p;
            size_t n;
        } hours;
        struct {
            const struct dates *p;
            size_t n;
        } dates;
    };
};

/* What is being decided. */
struct facts {
    const struct sale *sale;
    const struct rules_moment *moment;
    const struct currency *currency; /* the shop's */
    struct arena *arena;
    bool *full; /* set where a word found no room in the arena */
};

/* One thing that a condition can look at. test() says met, code and had; fact and asked are filled
 * in before. */
struct fact {
    const char *name;
    void (*test)(const struct condition *c, const struct facts *f, struct rules_reason *r);
    enum number_kind number; /* where it is compared with a range */
};
extern const struct fact fact_birthday, fact_complaint, fact_customer, fact_dates,
    fact_family_birthday, fact_first_visit, fact_hours, fact_incident, fact_item, fact_last_visit,
    fact_missed, fact_payment, fact_points, fact_tags, fact_total, fact_units, fact_visits,
    fact_wait, fact_weekday;

/* Three letters, Monday first. */
extern const char weekday_names[7][4];

/* --- the walker --- */

struct loader {
    struct rules *rules;
    struct arena *arena;
    rules_report *report;
    void *ctx;
    size_t problems;
};

struct field {
    const char *key;
    const char *like; /* what may be written there, in signs rather than words, so that it reads in
                         every language */
    void (*parse)(struct loader *l, const struct field *field, const struct yaml_node *node,
                  void *target);
    bool required, may_be_empty;
    const struct fact *fact; /* of a condition */
};

/* Fills target from a map by its fields (sorted by key), reporting every mistake. */
void load_map(struct loader *l, const struct yaml_node *map, const char *what,
              const struct field *fields, size_t n, void *target);
/* A mistake at node: the arguments are slices of the file or C strings of ours. */
void load_problem(struct loader *l, const struct yaml_node *node, enum err_code code,
                  struct slice a, struct slice b, struct slice c);
/* The same for an error that somebody else worded. */
void load_failed(struct loader *l, const struct yaml_node *node, struct err *err);
void load_warning(struct loader *l, unsigned line, unsigned column, enum err_code code,
                  struct slice a, struct slice b);
/* "'key': 'text' is not understood; write it like …", or what stands there is no text at all. */
void load_misread(struct loader *l, const struct field *field, const struct yaml_node *node);
void load_too_big(struct loader *l, const struct yaml_node *node, const char *what,
                  const char *limit);
/* A scalar's text without blanks at its ends; false, reported, when it is something else. */
bool load_text(struct loader *l, const struct field *field, const struct yaml_node *node,
               struct slice *text);
/* A name of at most MAX_NAME_BYTES, cleaned, with a NUL behind; *out is left alone, and it is
 * reported, where it is none. */
void load_name(struct loader *l, const struct field *field, const struct yaml_node *node,
               struct slice *out);
void load_twice(struct loader *l, const struct yaml_node *node, struct slice name, unsigned line);
/* A scalar is a list of one. 0, reported, when it is something else, empty, or longer than
 * RULES_MAX_LIST. */
size_t load_list_size(struct loader *l, const struct field *field, const struct yaml_node *node);
const struct yaml_node *load_list_item(const struct yaml_node *node, size_t i);
void *load_array(struct loader *l, const struct yaml_node *node, size_t n, size_t size);
/* Where a node stands. */
void load_place(const struct yaml_node *node, unsigned *line, unsigned *column);

struct loaded_offer {
    struct offer offer;
    bool has_valid, has_cost;
};
void load_offer(struct loader *l, const struct yaml_node *map, struct loaded_offer *out);

struct condition_list {
    struct condition p[MAX_CONDITIONS];
    size_t n;
};
/* target is a struct condition_list. */
void load_when(struct loader *l, const struct field *field, const struct yaml_node *node,
               void *target);

/* An amount in the shop's currency, "20.00" or "20 RON"; *named where the currency stood there. */
bool load_money(struct loader *l, const struct field *field, const struct yaml_node *node,
                struct slice text, int64_t *minor, bool *named);
/* "10", ">= 10", "10..20"; asked is the text. */
bool load_range(struct loader *l, const struct field *field, enum number_kind kind,
                const struct yaml_node *node, struct range *out, struct slice *asked);
/* "5%" in hundredths, at most 100 %; the sign must stand there where `sign` says so. */
bool load_percent(struct loader *l, const struct field *field, const struct yaml_node *node,
                  bool sign, uint32_t *out);

/* --- deciding --- */

/* The reason why an offer "until" a day is not given any more. */
void offer_ended(const struct offer *offer, int32_t last_day, struct arena *arena,
                 struct rules_reason *r);
/* One condition. */
void condition_test(const struct condition *c, const struct facts *f, struct rules_reason *r);

#endif
