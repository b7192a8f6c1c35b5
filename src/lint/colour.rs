//! Colours as mails write them, and the contrast between two, in whole numbers.

use std::borrow::Cow;

/// A colour without transparency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Colour(u8, u8, u8);

/// How much light each of the 256 values of a channel gives, in millionths (WCAG 2, relative
/// luminance).
const LIGHT: [u64; 256] = [
    0, 304, 607, 911, 1_214, 1_518, 1_821, 2_125, 2_428, 2_732, 3_035, 3_347, 3_677, 4_025, 4_391,
    4_777, 5_182, 5_605, 6_049, 6_512, 6_995, 7_499, 8_023, 8_568, 9_134, 9_721, 10_330, 10_960,
    11_612, 12_286, 12_983, 13_702, 14_444, 15_209, 15_996, 16_807, 17_642, 18_500, 19_382, 20_289,
    21_219, 22_174, 23_153, 24_158, 25_187, 26_241, 27_321, 28_426, 29_557, 30_713, 31_896, 33_105,
    34_340, 35_601, 36_889, 38_204, 39_546, 40_915, 42_311, 43_735, 45_186, 46_665, 48_172, 49_707,
    51_269, 52_861, 54_480, 56_128, 57_805, 59_511, 61_246, 63_010, 64_803, 66_626, 68_478, 70_360,
    72_272, 74_214, 76_185, 78_187, 80_220, 82_283, 84_376, 86_500, 88_656, 90_842, 93_059, 95_307,
    97_587, 99_899, 102_242, 104_616, 107_023, 109_462, 111_932, 114_435, 116_971, 119_538,
    122_139, 124_772, 127_438, 130_136, 132_868, 135_633, 138_432, 141_263, 144_128, 147_027,
    149_960, 152_926, 155_926, 158_961, 162_029, 165_132, 168_269, 171_441, 174_647, 177_888,
    181_164, 184_475, 187_821, 191_202, 194_618, 198_069, 201_556, 205_079, 208_637, 212_231,
    215_861, 219_526, 223_228, 226_966, 230_740, 234_551, 238_398, 242_281, 246_201, 250_158,
    254_152, 258_183, 262_251, 266_356, 270_498, 274_677, 278_894, 283_149, 287_441, 291_771,
    296_138, 300_544, 304_987, 309_469, 313_989, 318_547, 323_143, 327_778, 332_452, 337_164,
    341_914, 346_704, 351_533, 356_400, 361_307, 366_253, 371_238, 376_262, 381_326, 386_429,
    391_572, 396_755, 401_978, 407_240, 412_543, 417_885, 423_268, 428_690, 434_154, 439_657,
    445_201, 450_786, 456_411, 462_077, 467_784, 473_531, 479_320, 485_150, 491_021, 496_933,
    502_886, 508_881, 514_918, 520_996, 527_115, 533_276, 539_479, 545_724, 552_011, 558_340,
    564_712, 571_125, 577_580, 584_078, 590_619, 597_202, 603_827, 610_496, 617_207, 623_960,
    630_757, 637_597, 644_480, 651_406, 658_375, 665_387, 672_443, 679_542, 686_685, 693_872,
    701_102, 708_376, 715_694, 723_055, 730_461, 737_910, 745_404, 752_942, 760_525, 768_151,
    775_822, 783_538, 791_298, 799_103, 806_952, 814_847, 822_786, 830_770, 838_799, 846_873,
    854_993, 863_157, 871_367, 879_622, 887_923, 896_269, 904_661, 913_099, 921_582, 930_111,
    938_686, 947_307, 955_973, 964_686, 973_445, 982_251, 991_102, 1_000_000,
];

/// The names that mails use; a colour of another name is not judged.
const NAMES: [(&str, Colour); 24] = [
    ("black", Colour(0, 0, 0)),
    ("white", Colour(255, 255, 255)),
    ("red", Colour(255, 0, 0)),
    ("green", Colour(0, 128, 0)),
    ("blue", Colour(0, 0, 255)),
    ("yellow", Colour(255, 255, 0)),
    ("gray", Colour(128, 128, 128)),
    ("grey", Colour(128, 128, 128)),
    ("silver", Colour(192, 192, 192)),
    ("maroon", Colour(128, 0, 0)),
    ("olive", Colour(128, 128, 0)),
    ("lime", Colour(0, 255, 0)),
    ("aqua", Colour(0, 255, 255)),
    ("cyan", Colour(0, 255, 255)),
    ("teal", Colour(0, 128, 128)),
    ("navy", Colour(0, 0, 128)),
    ("fuchsia", Colour(255, 0, 255)),
    ("magenta", Colour(255, 0, 255)),
    ("purple", Colour(128, 0, 128)),
    ("orange", Colour(255, 165, 0)),
    ("pink", Colour(255, 192, 203)),
    ("brown", Colour(165, 42, 42)),
    ("gold", Colour(255, 215, 0)),
    ("whitesmoke", Colour(245, 245, 245)),
];

impl Colour {
    /// White: what a mail stands on where it says nothing.
    pub(super) const WHITE: Self = Self(255, 255, 255);
    /// Black: what text is where a mail says nothing.
    pub(super) const BLACK: Self = Self(0, 0, 0);

    /// Reads `#rgb`, `#rrggbb`, `rgb(…)` and common names. What is transparent is none.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Some(digits) = text.strip_prefix('#') {
            return Self::of_digits(digits);
        }
        let named = NAMES.iter().find(|(name, _)| name.eq_ignore_ascii_case(text));
        named.map(|(_, colour)| *colour).or_else(|| Self::of_function(text))
    }

    fn of_digits(digits: &str) -> Option<Self> {
        let wide: Cow<'_, str> = match digits.len() {
            3 => digits.chars().flat_map(|one| [one, one]).collect(),
            6 => digits.into(),
            8 => digits.strip_suffix("ff").or_else(|| digits.strip_suffix("FF"))?.into(),
            _ => return None,
        };
        let part = |at: usize| u8::from_str_radix(wide.get(at..at + 2)?, 16).ok();
        Some(Self(part(0)?, part(2)?, part(4)?))
    }

    fn of_function(text: &str) -> Option<Self> {
        let inside = text.strip_prefix("rgb(")?.strip_suffix(')')?;
        let mut parts = inside.split([',', ' ']).filter(|one| !one.is_empty());
        let mut part = || parts.next()?.parse::<u8>().ok();
        let colour = Self(part()?, part()?, part()?);
        parts.next().is_none().then_some(colour)
    }

    /// How much light it gives, in millionths.
    fn light(self) -> u64 {
        let one = |part: u8| LIGHT.get(usize::from(part)).copied().unwrap_or(0);
        (one(self.0) * 2126 + one(self.1) * 7152 + one(self.2) * 722) / 10_000
    }

    /// The contrast to another colour in hundredths: 2100 between black and white, 100 where both
    /// are the same. Rounded down, so that what is shown as 4.50 is enough.
    pub(super) fn contrast(self, other: Self) -> u32 {
        let (one, two) = (self.light() + 50_000, other.light() + 50_000);
        (one.max(two) * 100 / one.min(two)) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_mails_write_and_refuses_the_rest() {
        let colour = |text| Colour::parse(text);
        assert_eq!(colour("#14213D"), Some(Colour(0x14, 0x21, 0x3D)));
        assert_eq!(colour("#fff"), Some(Colour::WHITE));
        assert_eq!(colour(" rgb(1, 2, 3) "), Some(Colour(1, 2, 3)));
        assert_eq!(colour("rgb(1 2 3)"), Some(Colour(1, 2, 3)));
        assert_eq!(colour("White"), Some(Colour::WHITE));
        for none in ["#12", "#1234567", "#ffffff80", "rgba(0,0,0,.5)", "rgb(1,2,3,4)", "red!", ""] {
            assert_eq!(colour(none), None, "{none}");
        }
    }

    #[test]
    fn contrasts_are_those_of_the_standard() {
        let contrast = |one, two| Colour::parse(one).unwrap().contrast(Colour::parse(two).unwrap());
        assert_eq!(contrast("#000", "#fff"), 2100);
        assert_eq!(contrast("#777", "#777"), 100);
        // The well-known pair: #767676 is the lightest grey that is enough on white.
        assert_eq!(contrast("#767676", "#fff"), 454);
        assert_eq!(contrast("#777777", "#fff"), 447);
        assert_eq!(contrast("#0000ff", "#fff"), 859);
    }
}
