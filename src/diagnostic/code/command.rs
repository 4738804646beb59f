//! 04xx: the command line: paths, assignments and expressions.

use super::{Code, Entry, Example, ExampleKind, Severity, codes};

codes! {
    COMMAND;

    BAD_PATH "CUT0401" Error "a path that cannot be read"
        "A path is made of keys with dots between them, `traffic.rate`; `[0]` takes an item of a list by its \
         place and `[name=web]` by what it says; a key with dots in it stands in brackets and quotes, \
         `assumptions[\"lb.first_check_phase\"]`."
        faulty ExampleKind::Assignment, "traffic..rate=50/s"
        mended "traffic.rate=50/s";

    NO_SUCH_ITEM "CUT0402" Error "a path leads to no item of a list"
        "The list has no item at this place, or none, or several, that say what is written in the brackets. \
         A missing key of a map is created, a missing item of a list is not."
        faulty ExampleKind::Assignment, "traffic.changes[7].at=3m"
        mended "traffic.changes[0].at=3m";

    NOT_A_CONTAINER "CUT0403" Error "a path goes through a value that holds nothing"
        "A key leads into a map, a number in brackets into a list. What was found at this point of the path \
         is neither, or the other of the two."
        faulty ExampleKind::Assignment, "traffic.rate.mean=3"
        mended "traffic.rate=3/s";

    BAD_ASSIGNMENT "CUT0404" Error "an assignment without a value"
        "`--set` takes a path, an equals sign and a value: `--set traffic.rate=50/s`. The value is written as in \
         a scenario file; lists and maps take one line, `[a, b]` and `{ at: 3m }`."
        faulty ExampleKind::Assignment, "traffic.rate"
        mended "traffic.rate=50/s";

    BAD_AXIS "CUT0405" Error "a sweep that cannot be laid out"
        "A field is varied over values, each written once and on one line; what comes of files and values has to \
         be told apart by name, and there are at most a thousand variants. On the command line the values \
         stand after an equals sign: `--vary traffic.rate=50/s,500/s`."
        faulty ExampleKind::Scenario, "sweep:\n  vary: { traffic.rate: [50/s, 50/s] }\n"
        mended "sweep:\n  vary: { traffic.rate: [50/s, 500/s] }\n";

    HOSTS_REFUSED "CUT0406" Error "hosts that no batches can be made of"
        "`cutover schedule` needs the number of hosts for a configuration of EC2 or on-premises servers, `--hosts 9`, \
         and takes the places of those that fail, `--fail 5,6`. A configuration with `zonalConfig` needs its zones \
         instead, `--zones a:100,b:100`, and no other takes them. A deployment has at most 1000 instances, in us-east-1, \
         us-east-2, us-west-2 and eu-central-1 at most 2000, else it ends with `OVER_MAX_INSTANCES`; without instances it \
         ends with `NO_INSTANCES`.";

    EXPRESSION_SYNTAX "CUT0411" Error "an expression that cannot be read"
        "Expressions compare a value of the run, such as `status`, `bad_requests`, `time(weight >= 10%)`, \
         `weight(200s)` or `count(RolledBack)`, with a value that is written, by `==`, `!=`, `<`, `<=`, `>` or \
         `>=`, with `+-` for a tolerance; `never(..)` says that something does not happen; `and`, `or`, `not` \
         and parentheses join them."
        faulty ExampleKind::Expression, "time(weight >= 10%) = 136s"
        mended "time(weight >= 10%) == 136s";

    UNKNOWN_NAME "CUT0412" Error "a name that no result has"
        "The name is none of the columns of a result, values over time, facts or words that are known. The \
         help names the nearest."
        faulty ExampleKind::Expression, "status == Suceeded"
        mended "status == Succeeded";

    KINDS_DIFFER "CUT0413" Error "two values that cannot be compared"
        "A time is compared with a duration, a share with a percentage, a count with a number, and words only \
         by `==` and `!=`. A bare number is no time: write its unit."
        faulty ExampleKind::Expression, "status == 30s"
        mended "end_s == 30s";

    UNKNOWN_CODE "CUT0421" Error "a code that does not exist"
        "`cutover explain` knows the codes that diagnostics carry, such as `CUT0101`; without a code it lists \
         all of them.";
}
