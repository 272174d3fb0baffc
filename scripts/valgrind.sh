#!/bin/sh
# Runs the tests of the unsafe code under valgrind: schema-core/src/engine/sqlite/raw.rs.
# Needs valgrind and the C library's debug symbols (Debian: apt-get install valgrind libc6-dbg).
# Exit code: 0 clean; 1 a test failed, memory was misused or leaked; 2 valgrind is missing.
set -eu
cd "$(dirname "$0")/.."

command -v valgrind >/dev/null || {
    echo "valgrind is not installed (Debian: apt-get install valgrind libc6-dbg)" >&2
    exit 2
}

# The path of the test binary, from cargo's own list of what it built.
binary=$(cargo test --package schema-core --lib --no-run --message-format=json 2>/dev/null |
    sed -n 's/.*"executable":"\([^"]*schema_core-[^"]*\)".*/\1/p' | tail -n 1)
[ -x "$binary" ] || { echo "the tests of schema-core do not compile: cargo test -p schema-core --no-run" >&2; exit 1; }

# One thread: valgrind runs one at a time anyway, and its reports then follow the tests.
exec valgrind --quiet --error-exitcode=1 --leak-check=full --show-leak-kinds=definite,indirect \
    --errors-for-leak-kinds=definite,indirect --track-origins=yes --num-callers=20 \
    "$binary" --test-threads=1 "${@:-engine::sqlite}"
