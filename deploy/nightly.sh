#!/bin/sh
# The nightly job: builds, verifies, asks for the status, and mails where the verdict is another
# than the last one.
#
#     deploy/nightly.sh [WORKSPACE]       without one: the present folder
#
# The verdict is that of `throughline status`: `go`, `conditional` (go, under waivers) or `no-go`.
# Where a step fails it is `no-go`, with the steps that did. A status of 3, not ready, is no failure:
# it is an answer. What it says changes every night, so a mail goes out only for another verdict.
# Ends with 0 for go and conditional, 3 for no-go, 5 where it could not do its own work, such as
# send the mail.
# What it says goes to standard output; `build --locked` leaves the last good output where it
# writes nothing, and gives out no ids.
#
#     THROUGHLINE        the program                                  [throughline]
#     THROUGHLINE_PULL   not empty: `git pull` comes first, and is part of the verdict
#     THROUGHLINE_TO     who is told; without it nobody is mailed
#     THROUGHLINE_FROM   who it is from                               [what the mailer says]
#     THROUGHLINE_MAIL   a shell command that sends the whole message it reads; TO and SUBJECT are
#                        in its environment                           [sendmail -i -t]
#                        for mail(1): sed '1,/^$/d' | mail -s "$SUBJECT" "$TO"
#     THROUGHLINE_AS_OF  the time that the status is judged at              [the clock's]
#     THROUGHLINE_STATE  where the last verdict is kept   [WORKSPACE/.throughline/nightly-verdict]
set -eu

workspace=${1:-.}
program=${THROUGHLINE:-throughline}
state=${THROUGHLINE_STATE:-$workspace/.throughline/nightly-verdict}

broken() {
    echo "nightly: $1" >&2
    exit 5
}

[ -f "$workspace/throughline.toml" ] || broken "there is no workspace in $workspace"
mkdir -p "$(dirname "$state")" || broken "cannot make a place for $state"
work=$(mktemp -d) || broken "cannot make a temporary folder"
trap 'rm -rf "$work"' EXIT
trap 'exit 5' HUP INT TERM

verdict=go
failed=""

# step NAME COMMAND …
step() {
    name=$1
    shift
    echo "== $name" >>"$work/report"
    code=0
    "$@" >"$work/step" 2>&1 || code=$?
    # The head has what is wrong, the tail what was written.
    if [ "$(wc -l <"$work/step")" -gt 200 ]; then
        head -n 150 "$work/step"
        echo "..."
        tail -n 40 "$work/step"
    else
        cat "$work/step"
    fi >>"$work/report"
    [ "$code" -eq 0 ] && return 0
    verdict=no-go
    # Not being ready is what status is asked about; and what failed before fails it too.
    if [ "$name" = status ] && { [ "$code" -eq 3 ] || [ -n "$failed" ]; }; then
        return 0
    fi
    failed="$failed${failed:+, }$name $code"
}

[ -z "${THROUGHLINE_PULL:-}" ] || step pull git -C "$workspace" pull --quiet --ff-only
step build "$program" -C "$workspace" build --locked --format short
step verify "$program" -C "$workspace" verify
step status "$program" -C "$workspace" status ${THROUGHLINE_AS_OF:+--as-of "$THROUGHLINE_AS_OF"}
sentence=$(head -n 1 "$work/step")
case "$verdict $sentence" in
"go CONDITIONAL"*) verdict=conditional ;;
esac

verdict="$verdict${failed:+ ($failed)}"
last=unknown
[ ! -f "$state" ] || last=$(cat "$state")
cat "$work/report"
echo "verdict: $verdict (was: $last)"

tell() {
    [ -n "${THROUGHLINE_TO:-}" ] || return 0
    TO=$THROUGHLINE_TO
    SUBJECT="throughline: $verdict, was $last"
    export TO SUBJECT
    {
        [ -z "${THROUGHLINE_FROM:-}" ] || echo "From: $THROUGHLINE_FROM"
        echo "To: $TO"
        echo "Subject: $SUBJECT"
        echo "MIME-Version: 1.0"
        echo "Content-Type: text/plain; charset=UTF-8"
        echo "Content-Transfer-Encoding: 8bit"
        echo
        echo "The nightly build of $workspace is $verdict. It was: $last."
        echo "$sentence"
        echo
        cat "$work/report"
    } >"$work/mail"
    sh -c "${THROUGHLINE_MAIL:-sendmail -i -t}" <"$work/mail"
}

if [ "$verdict" != "$last" ]; then
    # Kept only when it was told: a mail that does not go out is tried again the next night.
    tell || broken "the mail was not sent; the verdict stays $last"
    echo "$verdict" >"$state.new"
    mv "$state.new" "$state"
fi
case "$verdict" in
go | conditional) ;;
*) exit 3 ;;
esac
