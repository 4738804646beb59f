//! 00xx: a text cannot be read, or says something twice.

use super::{Code, Entry, Example, ExampleKind, Severity, codes};

codes! {
    READING;

    UNREADABLE "CUT0001" Error "a file cannot be read"
        "The file does not exist, or the system does not let it be read. Paths in a scenario are relative \
         to the scenario file, not to the directory in which the command runs."
        faulty ExampleKind::Scenario, "traffic:\n  trace: request.csv\n  period: 5m\n"
        mended "traffic:\n  trace: requests.csv\n  period: 5m\n";

    TOO_LARGE "CUT0002" Error "a file is too large"
        "Documents may have up to 16 MiB and traces up to 64 MiB. The size is looked at before anything \
         is read, so a wrong file costs no time. Cut a trace to the period that matters, or choose a \
         longer step for it.";

    EMPTY_FILE "CUT0003" Error "a file is empty"
        "The file holds nothing, or nothing but blanks and comments. Often a build step that should have \
         written it did not run."
        faulty ExampleKind::File("scenario.yaml"), "# to be written\n"
        mended "cutover: 1\n";

    NOT_TEXT "CUT0004" Error "a file is not text"
        "Documents are UTF-8 text. This file holds bytes that are none: an archive, an image, or a text \
         in another encoding such as UTF-16. Save it as UTF-8."
        faulty ExampleKind::File("scenario.yaml"), "cutover: 1\nname: a\u{0}b\n"
        mended "cutover: 1\nname: ab\n";

    TOO_DEEP "CUT0005" Error "a file is nested too deeply"
        "Lists and maps may stand in each other up to 64 deep; AWS documents need about ten. A file beyond \
         that is broken, or made to exhaust the reader."
        faulty ExampleKind::File("deep.json"),
        "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[0]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]"
        mended "[[[[0]]]]";

    TOO_MANY_NODES "CUT0006" Error "a file holds too many values"
        "A document may hold 100 000 values, counted after each `*alias` has been replaced by what it stands \
         for. A few lines of aliases of aliases can stand for billions of values; that is refused here. A \
         long series belongs into a CSV file.";

    YAML_SYNTAX "CUT0007" Error "a file is not well-formed YAML"
        "The place is where reading could not go on; the cause is often on the line before: a missing colon, \
         a quote that is not closed, a value with `: ` or ` #` in it that needs quotes, a tab in the \
         indentation. A template (`%{ .. }`, `{{ .. }}`) has to go through its own step first."
        faulty ExampleKind::File("scenario.yaml"), "cutover: 1\nname: checkout: canary\n"
        mended "cutover: 1\nname: 'checkout: canary'\n";

    JSON_SYNTAX "CUT0008" Error "a file is not well-formed JSON"
        "JSON is read by the letter: no comments, no comma after the last item, keys and texts in double \
         quotes. A bare word or nothing after a colon usually means a template whose step has not run yet: \
         `\"containerPort\": PORT` or `\"ContainerPort\": ${port}`. Run that step, then read its result."
        faulty ExampleKind::File("taskdef.json"), "{\n  \"containerPort\": PORT\n}\n"
        mended "{\n  \"containerPort\": 8080\n}\n";

    DUPLICATE_KEY "CUT0009" Warning "a key appears twice in one map"
        "Two values are written for one key. The later one counts, as in the AWS command line and in most \
         tools, and the earlier one is ignored. Delete the one that is not meant."
        faulty ExampleKind::File("scenario.yaml"), "cutover: 1\nname: first\nname: second\n"
        mended "cutover: 1\nname: second\n";

    SEVERAL_DOCUMENTS "CUT0010" Error "a file holds several YAML documents"
        "A line `---` begins another document, and only one is read from a file. Put each document into a \
         file of its own."
        faulty ExampleKind::File("scenario.yaml"), "cutover: 1\n---\ncutover: 1\n"
        mended "cutover: 1\n";

    UNEXPECTED_TAG "CUT0011" Error "a value carries a tag"
        "Tags such as `!Ref` and `!Sub` belong to CloudFormation, which replaces them when the template is \
         deployed. Here they stand in a file that is read as it is. Write the value itself."
        faulty ExampleKind::Scenario, "traffic:\n  rate: !Ref RequestRate\n"
        mended "traffic:\n  rate: 50/s\n";

    BAD_ALIAS "CUT0012" Error "an alias stands for nothing"
        "`*name` repeats what `&name` marked earlier in the file. Here the mark is inside what it marks, so \
         that the value would contain itself. A text that begins with `*` needs quotes."
        faulty ExampleKind::File("scenario.yaml"), "a: &all [1, *all]\n"
        mended "a: &all [1, 2]\nb: *all\n";

    COMPLEX_KEY "CUT0013" Error "a key is not a text"
        "YAML allows a list or a map as a key; no document here has one. Two braces, `{{ name }}`, are read \
         as such a key: that is a template whose step has not run yet."
        faulty ExampleKind::File("appspec.yaml"), "name: {{ service }}\n"
        mended "name: checkout\n";

    BAD_MERGE "CUT0014" Error "`<<` merges something that is no map"
        "`<<: *base` takes over the keys of another map, keys written beside it win. Its value has to be a \
         map or a list of maps."
        faulty ExampleKind::File("scenario.yaml"), "base: &base 3\nuse:\n  <<: *base\n"
        mended "base: &base { a: 3 }\nuse:\n  <<: *base\n";

    NOT_A_FILE "CUT0015" Error "a path names no regular file"
        "The path leads to a directory, a device or a pipe. Only regular files are read, so that a command \
         never waits for one that does not answer.";
}
