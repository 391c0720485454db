//! Weights of content detection, in thousandths. Written by `train`; see the model card in
//! `docs/detection.md`. Not to be edited.

use super::attack::Attack;
use super::model::Weights;

#[rustfmt::skip]
pub(super) const ALL: &[Weights] = &[
    Weights {
        attack: Attack::Sql,
        always: -2839,
        signs: &[
            ("tautology", 9000),
            ("break_union", 9000),
            ("break_stacked", 9000),
            ("break_probe", 9002),
            ("break_clause", 9001),
            ("shape", 2809),
            ("union", 5928),
            ("sub_select", 4227),
            ("waits", 1028),
            ("catalogue", 4357),
            ("probe", 1798),
            ("nested_probe", 883),
            ("characters", 3064),
            ("nulls", 2635),
            ("ends_in_comment", 3259),
            ("ends_in_string", 1356),
            ("closes", 1529),
            ("sql", 233),
            ("continues", 698),
            ("constants", 5203),
            ("statement", 0),
            ("deed", 4605),
            ("order", 4661),
            ("case", 1904),
            ("prose", -1768),
            ("joins", -509),
            ("asks", 3738),
            ("stacked", 3738),
            ("marked_comment", 3565),
            ("comment_for_blank", 4575),
            ("quote_ends", 1307),
            ("hexadecimal", 1197),
        ],
        shape: [
            -27, // over_32_bytes
            82, // over_128_bytes
            -1575, // over_512_bytes
            686, // over_2048_bytes
            -1660, // several_lines
            -1481, // many_lines
            -770, // words_in_a_row
            -1937, // sentence
            -813, // mostly_letters
            1423, // mostly_marks
            -1640, // is_name
            -1120, // no_blank
        ],
    },
    Weights {
        attack: Attack::Script,
        always: -1808,
        signs: &[
            ("probe", 9000),
            ("out-of-attribute", 9000),
            ("out-of-element", 9000),
            ("out-of-string", 9000),
            ("address", 9000),
            ("constructed", 9000),
            ("symbols", 9000),
            ("hidden-address", 9000),
            ("utf-7", 9008),
            ("lone-handler", 9000),
            ("told", 3510),
            ("runs", 3848),
            ("script-tag", 4010),
            ("style", 3990),
            ("call", 2826),
            ("symbols-few", 3565),
            ("changes", 4941),
            ("odd-separator", 3512),
            ("address-calls", 3561),
            ("steals", 3543),
            ("opens", 2870),
            ("handler", 2224),
            ("script", 1177),
            ("address-somewhere", 3384),
            ("proof-somewhere", 1021),
            ("frame", 4245),
            ("shape", 1762),
            ("hidden", 1226),
            ("torn", 2994),
            ("code", 1684),
        ],
        shape: [
            -1329, // over_32_bytes
            14, // over_128_bytes
            -136, // over_512_bytes
            -334, // over_2048_bytes
            -1893, // several_lines
            -1530, // many_lines
            -1674, // words_in_a_row
            -1733, // sentence
            973, // mostly_letters
            1261, // mostly_marks
            -776, // is_name
            232, // no_blank
        ],
    },
    Weights {
        attack: Attack::Command,
        always: -728,
        signs: &[
            ("leading separator", 2625),
            ("appended", 2901),
            ("separator and command", 2736),
            ("substitution", 3873),
            ("substitution of a word", 3906),
            ("command", 1829),
            ("command on a target", 9000),
            ("spliced name", 9003),
            ("blank by variable", 9001),
            ("slice of a variable", 3921),
            ("brace expansion", 9000),
            ("globbed path", 9001),
            ("function in an environment", 5492),
            ("fork bomb", 9002),
            ("reverse shell", 9002),
            ("reverse shell in text", 3502),
            ("server-side include", 9000),
            ("call that runs a command", 2542),
            ("call that runs something", 1769),
            ("hidden powershell", 9000),
            ("powershell", 3609),
            ("control flow of cmd", 4659),
            ("variable as a command", 3673),
            ("empty expansion", 3527),
            ("here string or process substitution", 3750),
            ("command of a mail protocol", 4150),
            ("command with a target in text", 0),
            ("separator and name of a program", -666),
            ("command in text", -1433),
            ("name of a program alone", 1121),
            ("tilde expansion", -748),
            ("path to a program", -1320),
        ],
        shape: [
            588, // over_32_bytes
            -2198, // over_128_bytes
            -1903, // over_512_bytes
            -8, // over_2048_bytes
            -628, // several_lines
            -408, // many_lines
            -1587, // words_in_a_row
            -751, // sentence
            84, // mostly_letters
            1334, // mostly_marks
            -260, // is_name
            40, // no_blank
        ],
    },
    Weights {
        attack: Attack::Traversal,
        always: -2404,
        signs: &[
            ("climb to a target", 9000),
            ("escaped climb", 9000),
            ("far climb", 9000),
            ("climb out of the root", 9000),
            ("odd separators in a climb", 9000),
            ("climb with a parameter", 9000),
            ("segments of dots", 9001),
            ("many segments of one dot", 9018),
            ("stream wrapper", 9001),
            ("climb in base64", 9013),
            ("path cut off by a null byte", 9000),
            ("climb of some levels", 3534),
            ("path with a null byte", 4341),
            ("file of users", 4921),
            ("file of windows", 3868),
            ("file of a process", 3952),
            ("log of a server", 5189),
            ("configuration of a server", 5356),
            ("file of secrets", 4355),
            ("backup of a source", 3643),
            ("file url", 3598),
            ("filter of a stream", 4374),
            ("path of a network share", -40),
            ("run of dots", 4560),
            ("climb in text", 2707),
            ("target in text", 1130),
            ("path of a system", 1157),
            ("hidden file", -601),
            ("share of a host", 354),
            ("climb and nothing else", 3515),
            ("file of the process that reads it", 9000),
            ("known file and a null byte", 9000),
        ],
        shape: [
            -1363, // over_32_bytes
            1104, // over_128_bytes
            1104, // over_512_bytes
            -264, // over_2048_bytes
            -911, // several_lines
            -1351, // many_lines
            -1427, // words_in_a_row
            -1427, // sentence
            445, // mostly_letters
            -241, // mostly_marks
            63, // is_name
            1426, // no_blank
        ],
    },
    Weights {
        attack: Attack::Template,
        always: -2156,
        signs: &[
            ("constants are calculated", 9000),
            ("classes are reached", 9000),
            ("objects of the platform are reached", 9000),
            ("a program is run", 9000),
            ("a filter runs a function", 9000),
            ("a constructor is reached", 9001),
            ("a directive imports or runs", 9002),
            ("delimiters of several engines", 9000),
            ("constants are calculated in text", 3742),
            ("classes are reached in text", 3193),
            ("objects of the platform in text", 3234),
            ("a program is run in text", 2539),
            ("classes are reached without delimiters", 3782),
            ("objects of the platform without delimiters", 4332),
            ("a program is run without delimiters", 3997),
            ("a method of a literal", 3544),
            ("globals of an engine", 3973),
            ("a call in an expression", 2717),
            ("an expression and nothing else", 1008),
            ("a statement of a template", 1489),
            ("an error is provoked", 3896),
            ("an expression that is not closed", 1000),
            ("a block with a value of its own", 3508),
            ("a scriptlet", 1720),
            ("an assignment in a directive", 3521),
            ("an expression is closed before one opens", 3500),
        ],
        shape: [
            69, // over_32_bytes
            -1154, // over_128_bytes
            -1093, // over_512_bytes
            0, // over_2048_bytes
            -1943, // several_lines
            -973, // many_lines
            -43, // words_in_a_row
            -1003, // sentence
            0, // mostly_letters
            434, // mostly_marks
            0, // is_name
            -1256, // no_blank
        ],
    },
    Weights {
        attack: Attack::Lookup,
        always: -5000,
        signs: &[
            ("names of a directory are looked up", 9000),
            ("the name of a look-up is spliced", 9000),
            ("a remote look-up in text", 3500),
            ("a variable is looked up within another look-up", 3500),
            ("a variable is looked up", 1000),
            ("a look-up within a look-up", 1000),
            ("a protocol of a directory", 1000),
            ("the name of a remote look-up", 1000),
            ("the environment or a key is looked up", 3500),
        ],
        shape: [
            0, // over_32_bytes
            0, // over_128_bytes
            0, // over_512_bytes
            0, // over_2048_bytes
            0, // several_lines
            0, // many_lines
            0, // words_in_a_row
            0, // sentence
            0, // mostly_letters
            0, // mostly_marks
            0, // is_name
            0, // no_blank
        ],
    },
    Weights {
        attack: Attack::Xml,
        always: -3802,
        signs: &[
            ("external", 9000),
            ("parameter", 9000),
            ("nested", 9000),
            ("bomb", 9000),
            ("foreign-type", 9000),
            ("includes-file", 9000),
            ("transforms", 9000),
            ("split", 9008),
            ("encoding", 9000),
            ("external-name", 3901),
            ("internal", 3870),
            ("includes", 3500),
            ("repeats", 3500),
            ("stylesheet", 1775),
            ("type", 1117),
            ("letter", 1000),
            ("schema", 1000),
        ],
        shape: [
            1198, // over_32_bytes
            591, // over_128_bytes
            -356, // over_512_bytes
            -356, // over_2048_bytes
            -356, // several_lines
            -356, // many_lines
            0, // words_in_a_row
            0, // sentence
            -356, // mostly_letters
            8, // mostly_marks
            0, // is_name
            5, // no_blank
        ],
    },
    Weights {
        attack: Attack::NoSql,
        always: -4074,
        signs: &[
            ("credential", 9000),
            ("runs", 9001),
            ("out-of-string", 9015),
            ("out-of-number", 9013),
            ("always", 9000),
            ("out-of-object", 9003),
            ("command", 9000),
            ("script", 9000),
            ("name", 2739),
            ("object", 3606),
            ("shell", 4264),
            ("operator", 2217),
            ("tautology", 1000),
        ],
        shape: [
            1551, // over_32_bytes
            0, // over_128_bytes
            0, // over_512_bytes
            0, // over_2048_bytes
            0, // several_lines
            0, // many_lines
            0, // words_in_a_row
            0, // sentence
            0, // mostly_letters
            1233, // mostly_marks
            -1075, // is_name
            -322, // no_blank
        ],
    },
    Weights {
        attack: Attack::Ldap,
        always: -4379,
        signs: &[
            ("leaves", 9001),
            ("joins", 9014),
            ("matches-all", 9007),
            ("rule", 9006),
            ("cut", 9001),
            ("closes", 3503),
            ("credential", 4064),
            ("escaped", 868),
            ("filter", 1737),
        ],
        shape: [
            594, // over_32_bytes
            -132, // over_128_bytes
            -132, // over_512_bytes
            0, // over_2048_bytes
            -132, // several_lines
            -132, // many_lines
            -132, // words_in_a_row
            -132, // sentence
            0, // mostly_letters
            23, // mostly_marks
            0, // is_name
            -418, // no_blank
        ],
    },
    Weights {
        attack: Attack::XPath,
        always: -3773,
        signs: &[
            ("leaves", 9016),
            ("path", 9005),
            ("probe", 4209),
            ("tautology", 4370),
            ("expression", 904),
        ],
        shape: [
            342, // over_32_bytes
            -372, // over_128_bytes
            -192, // over_512_bytes
            0, // over_2048_bytes
            -372, // several_lines
            -372, // many_lines
            -372, // words_in_a_row
            -301, // sentence
            -135, // mostly_letters
            386, // mostly_marks
            0, // is_name
            273, // no_blank
        ],
    },
    Weights {
        attack: Attack::Object,
        always: -4082,
        signs: &[
            ("php", 9000),
            ("java", 9000),
            ("pickle", 9000),
            ("dotnet", 9000),
            ("node", 9002),
            ("tag", 9000),
            ("gadget", 9000),
            ("decoder", 9000),
            ("ruby", 3500),
            ("pickle-encoded", 3500),
            ("php-standard", 3500),
            ("tag-named", 3500),
            ("type", 3500),
            ("class", 3752),
            ("php-scalars", 1000),
            ("state", 1000),
            ("ruby-encoded", 1000),
            ("gadget-named", 1665),
            ("type-name", 1000),
            ("tool", 1000),
        ],
        shape: [
            918, // over_32_bytes
            918, // over_128_bytes
            664, // over_512_bytes
            0, // over_2048_bytes
            0, // several_lines
            0, // many_lines
            0, // words_in_a_row
            0, // sentence
            0, // mostly_letters
            0, // mostly_marks
            0, // is_name
            0, // no_blank
        ],
    },
    Weights {
        attack: Attack::Prototype,
        always: -3564,
        signs: &[
            ("name", 9000),
            ("key", 9000),
            ("whole", 9000),
            ("assigns", 3770),
            ("member", 2436),
        ],
        shape: [
            178, // over_32_bytes
            38, // over_128_bytes
            0, // over_512_bytes
            0, // over_2048_bytes
            0, // several_lines
            0, // many_lines
            0, // words_in_a_row
            0, // sentence
            505, // mostly_letters
            713, // mostly_marks
            0, // is_name
            1228, // no_blank
        ],
    },
    Weights {
        attack: Attack::GraphQl,
        always: -3006,
        signs: &[
            ("cycle", 9000),
            ("credentials", 9000),
            ("directives", 9000),
            ("repeated", 9000),
            ("deep", 3500),
            ("aliases", 3500),
            ("credentials-few", 3579),
            ("directives-few", 3500),
            ("repeated-few", 3500),
            ("introspection", 2604),
            ("nested", 1311),
            ("aliases-few", 1000),
            ("operations", 1000),
            ("types-loop", 3500),
        ],
        shape: [
            1164, // over_32_bytes
            723, // over_128_bytes
            643, // over_512_bytes
            0, // over_2048_bytes
            171, // several_lines
            171, // many_lines
            91, // words_in_a_row
            0, // sentence
            91, // mostly_letters
            94, // mostly_marks
            0, // is_name
            405, // no_blank
        ],
    },
    Weights {
        attack: Attack::Scanner,
        always: -5000,
        signs: &[
            ("host", 9000),
            ("tool", 3500),
            ("placeholder", 3500),
            ("collector", 1000),
        ],
        shape: [
            0, // over_32_bytes
            0, // over_128_bytes
            0, // over_512_bytes
            0, // over_2048_bytes
            0, // several_lines
            0, // many_lines
            0, // words_in_a_row
            0, // sentence
            0, // mostly_letters
            0, // mostly_marks
            0, // is_name
            0, // no_blank
        ],
    },
];
