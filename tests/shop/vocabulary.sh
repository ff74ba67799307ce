#!/usr/bin/env bash
# Every name that a template can ask for stands in docs/vocabulary.md: vocabulary.sh SOURCE
set -euo pipefail
missing=0 seen=0
while read -r name; do
    seen=$((seen + 1))
    grep -qE "[\`.]$name[\`*.]" "$1/docs/vocabulary.md" || { echo "docs/vocabulary.md does not say '$name'"; missing=$((missing + 1)); }
done < <(sed -nE 's/^(SUM\([A-Z]+, [A-Z_]+|[A-Z]+\([A-Z_]+), "([a-z_]+)"\)$/\2/p' "$1/src/view/vocabulary.def" | sort -u)
echo "$seen names, $missing not documented"
[ "$seen" -gt 40 ] && [ "$missing" -eq 0 ]
