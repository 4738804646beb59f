//! 01xx: the shape of a scenario: keys, types, units and ranges.

use super::{Code, Entry, Example, ExampleKind, Severity, codes};

codes! {
    SHAPE;

    UNKNOWN_KEY "CUT0101" Error "a key that is not known here"
        "A misspelt key would otherwise be ignored, and the run would answer another question than the one \
         that was asked. The help names the nearest key that is known at this place."
        faulty ExampleKind::Scenario, "traffic:\n  rate: 50/s\n  nose: { cv: 10% }\n"
        mended "traffic:\n  rate: 50/s\n  noise: { cv: 10% }\n";

    MISSING_KEY "CUT0102" Error "a key that is needed is missing"
        "There is no sensible default for this value, so it has to be written."
        faulty ExampleKind::Scenario, "traffic:\n  noise: { cv: 10% }\n"
        mended "traffic:\n  rate: 50/s\n";

    WRONG_TYPE "CUT0103" Error "a value of the wrong type"
        "A text, a number, a list or a map stands where another of them is needed. Quotes turn a number \
         into a text; a dash before an item makes a list."
        faulty ExampleKind::Scenario, "traffic:\n  rate: [50/s]\n"
        mended "traffic:\n  rate: 50/s\n";

    BAD_DURATION "CUT0104" Error "a duration that cannot be read"
        "Durations carry their unit: `300ms`, `30s`, `5m`, `1h`, `2d`, also `1m30s`. A bare number is refused, \
         because AWS documents use seconds, minutes and milliseconds side by side. Time is kept in whole \
         milliseconds, and a duration has at most ten years."
        faulty ExampleKind::Scenario, "traffic:\n  rate: 50/s\n  noise: { cv: 10%, correlation: 300 }\n"
        mended "traffic:\n  rate: 50/s\n  noise: { cv: 10%, correlation: 300s }\n";

    BAD_RATE "CUT0105" Error "a rate that cannot be read"
        "Rates say how many and in what time: `50/s`, `3000/m`, `10/h`, from nothing to a thousand million a \
         second."
        faulty ExampleKind::Scenario, "traffic:\n  rate: 50\n"
        mended "traffic:\n  rate: 50/s\n";

    BAD_SHARE "CUT0106" Error "a share that cannot be read"
        "Shares are percentages, `2%`, or fractions, `0.02`, from nothing to `100%`, with up to nine decimals \
         of the fraction. A bare `1` is refused, because it may mean one percent or all."
        faulty ExampleKind::Scenario, "traffic:\n  rate: 50/s\n  noise: { cv: 10 }\n"
        mended "traffic:\n  rate: 50/s\n  noise: { cv: 10% }\n";

    OUT_OF_RANGE "CUT0107" Error "a number outside its range"
        "The value can be read, but no such value is possible, in AWS or in the simulation. The message names \
         the bounds."
        faulty ExampleKind::Scenario, "assumptions:\n  lb.initial_passes_required: 0\n"
        mended "assumptions:\n  lb.initial_passes_required: 1\n";

    BAD_TIMESTAMP "CUT0108" Error "a point in time that cannot be read"
        "Points in time are RFC 3339 with an offset, `2026-01-05T10:00:00Z` or `2026-01-05T11:00:00+01:00`, in \
         the years 1970 to 2200. Names of time zones are refused: their rules change from machine to machine."
        faulty ExampleKind::Scenario, "start: 2026-01-05 10:00\n"
        mended "start: 2026-01-05T10:00:00Z\n";

    BAD_DISTRIBUTION "CUT0109" Error "a distribution that cannot be read"
        "A distribution is one key with its parameters, such as `{ uniform: [0s, 10s] }` or `{ lognormal: \
         { median: 40s, p95: 90s } }`; a bare value is constant."
        faulty ExampleKind::Scenario, "hooks:\n  BeforeInstall: { duration: { uniform: [10s, 5s] } }\n"
        mended "hooks:\n  BeforeInstall: { duration: { uniform: [5s, 10s] } }\n";

    UNKNOWN_CHOICE "CUT0110" Error "a word that is not among those allowed"
        "The value has to be one of a few words, spelt as AWS spells them. The help names the nearest."
        faulty ExampleKind::Scenario, "assumptions:\n  preset: idael\n"
        mended "assumptions:\n  preset: ideal\n";

    NEWER_FORMAT "CUT0111" Error "a format that this version does not know"
        "`cutover: 1` names the format of the file. A larger number was written for a newer version of the \
         program, and reading it by guesswork would give wrong answers. Use that version."
        faulty ExampleKind::Scenario, "cutover: 2\n"
        mended "cutover: 1\n";

    CONFLICTING_KEYS "CUT0112" Error "keys that exclude each other"
        "Both keys answer the same question, so one of them has to go. The message names them."
        faulty ExampleKind::Scenario, "traffic:\n  rate: 50/s\n  trace: requests.csv\n  period: 5m\n"
        mended "traffic:\n  trace: requests.csv\n  period: 5m\n";

    NO_VALUE "CUT0113" Error "a key without a value"
        "Nothing, `~` or `null` is written after the key. Write a value, or take the key away to get the \
         default."
        faulty ExampleKind::Scenario, "traffic:\n  rate:\n"
        mended "traffic:\n  rate: 50/s\n";

    BAD_NUMBER "CUT0114" Error "a number that cannot be read"
        "Numbers are decimal, such as `3`, `0.25` or `1e-3`, and finite. Where whole things are counted, a \
         fraction is refused rather than rounded. A number in quotes is accepted."
        faulty ExampleKind::Scenario, "assumptions:\n  lb.initial_passes_required: 1.5\n"
        mended "assumptions:\n  lb.initial_passes_required: 2\n";

    BAD_LENGTH "CUT0115" Error "a list that is too short or too long"
        "The list has to have at least one item, or as many as the message says."
        faulty ExampleKind::Scenario, "traffic:\n  rate: 50/s\n  daily: [0.4, 1, 1.6]\n"
        mended "traffic:\n  rate: 50/s\n  daily: [0.4, 0.3, 0.2, 0.2, 0.2, 0.3, 0.5, 0.8, 1.1, 1.3, 1.4, 1.5, \
         1.5, 1.4, 1.4, 1.3, 1.3, 1.4, 1.5, 1.6, 1.4, 1.1, 0.8, 0.5]\n";

    BAD_SERIES "CUT0116" Error "a series that cannot be read"
        "A series is a CSV file whose first row names the columns; `column` says which one is meant, else it \
         is the last. Every row needs a finite number within the range that the message names."
        faulty ExampleKind::Scenario, "traffic:\n  trace: requests.csv\n  column: request\n  period: 5m\n"
        mended "traffic:\n  trace: requests.csv\n  column: requests\n  period: 5m\n";

    // CUT0117 told of what is shown by now.
    BAD_NAME "CUT0118" Error "a name that no folder can have"
        "A scenario's name becomes the folder of its results, on every system. It has letters, digits, `-` \
         and `_`, at most 80 of them."
        faulty ExampleKind::Scenario, "name: checkout canary\n"
        mended "name: checkout-canary\n";

    ROWS_OUT_OF_ORDER "CUT0119" Warning "rows out of order, or at the same time"
        "Samples are used in the order of their times, whatever the order of their rows; rows at one time are samples \
         of their own, as several requests in one second are. If each row is meant to be the datapoint of a period, \
         there should be one a period."
        faulty ExampleKind::Recording("requests.csv"),
        "time,requests\n2026-01-05T10:01:00Z,940\n2026-01-05T10:00:00Z,1020\n2026-01-05T10:02:00Z,980\n"
        mended "time,requests\n2026-01-05T10:00:00Z,1020\n2026-01-05T10:01:00Z,940\n2026-01-05T10:02:00Z,980\n";
}
