//! Weights of content detection, in thousandths. Written by `train`; see the model card in
//! `docs/detection.md`. Not to be edited.

use super::attack::Attack;
use super::model::Weights;

#[rustfmt::skip]
pub(super) const ALL: &[Weights] = &[
    Weights {
        attack: Attack::Sql,
        always: -2968,
        signs: &[
            ("tautology", 9000),
            ("break_union", 9000),
            ("break_stacked", 9000),
            ("break_probe", 9002),
            ("break_clause", 9001),
            ("shape", 2787),
            ("union", 5956),
            ("sub_select", 4214),
            ("waits", 1020),
            ("catalogue", 4413),
            ("probe", 1867),
            ("nested_probe", 882),
            ("characters", 3051),
            ("nulls", 2728),
            ("ends_in_comment", 3253),
            ("ends_in_string", 1430),
            ("closes", 1605),
            ("sql", 333),
            ("continues", 797),
            ("constants", 5222),
            ("statement", 0),
            ("deed", 4596),
            ("order", 4612),
            ("case", 1913),
            ("prose", -1947),
            ("joins", -482),
            ("asks", 3729),
            ("stacked", 3722),
            ("marked_comment", 3576),
            ("comment_for_blank", 4566),
            ("quote_ends", 1221),
            ("hexadecimal", 1192),
        ],
        shape: [
            19, // over_32_bytes
            116, // over_128_bytes
            -1590, // over_512_bytes
            685, // over_2048_bytes
            -1647, // several_lines
            -1516, // many_lines
            -762, // words_in_a_row
            -1940, // sentence
            -768, // mostly_letters
            1527, // mostly_marks
            -1559, // is_name
            -1346, // no_blank
        ],
    },
    Weights {
        attack: Attack::Script,
        always: -2531,
        signs: &[
            ("runs", 9025),
            ("shape", 3469),
        ],
        shape: [
            -1671, // over_32_bytes
            -39, // over_128_bytes
            -105, // over_512_bytes
            137, // over_2048_bytes
            -1748, // several_lines
            -1988, // many_lines
            -1420, // words_in_a_row
            -2203, // sentence
            1401, // mostly_letters
            946, // mostly_marks
            851, // is_name
            1476, // no_blank
        ],
    },
];
