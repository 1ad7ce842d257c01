//! What makes a row of digits an identity number, a mobile phone or a bank card. Nothing here looks at the words around it.

use jiff::civil::Date;

/// First two digits of division codes that identity numbers begin with.
const PROVINCES: [u8; 35] = [
    11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52,
    53, 54, 61, 62, 63, 64, 65, 71, 81, 82, 83,
];

/// Whether it is a citizen's identity number of 18 places: region, day of birth not after `today`, check digit (GB 11643).
pub(super) fn is_identity_card(number: &[u8], today: Date) -> bool {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const CHECKS: &[u8; 11] = b"10X98765432";
    let [digits @ .., last] = number else {
        return false;
    };
    if digits.len() != 17 || !digits.iter().all(u8::is_ascii_digit) {
        return false;
    }
    let sum: u32 = digits
        .iter()
        .zip(WEIGHTS)
        .map(|(digit, weight)| u32::from(digit - b'0') * weight)
        .sum();
    CHECKS[(sum % 11) as usize] == last.to_ascii_uppercase()
        && is_region(digits)
        && is_birthday(number_of(&digits[6..10]), &digits[10..14], today)
}

/// Whether it may be an identity number of 15 places, as they were given out until 1999: region and day of birth.
pub(super) fn is_old_identity_card(number: &[u8], today: Date) -> bool {
    number.len() == 15
        && number.iter().all(u8::is_ascii_digit)
        && is_region(number)
        && is_birthday(1900 + number_of(&number[6..8]), &number[8..12], today)
}

/// Whether it is a mobile phone number of the mainland.
pub(super) fn is_mobile(number: &[u8]) -> bool {
    if number.len() != 11 || !number.iter().all(u8::is_ascii_digit) || number[0] != b'1' {
        return false;
    }
    match number[1] {
        b'3' | b'8' => true,
        b'4' => matches!(number[2], b'5'..=b'9'),
        b'5' => number[2] != b'4',
        b'6' => matches!(number[2], b'2' | b'5' | b'6' | b'7'),
        b'7' => number[2] != b'9',
        b'9' => number[2] != b'4',
        _ => false,
    }
}

/// Whether it may be a bank card: prefix and length of an issuer, and the check digit of Luhn.
pub(super) fn is_bank_card(number: &[u8]) -> bool {
    if !number.iter().all(u8::is_ascii_digit) {
        return false;
    }
    let prefix = number_of(&number[..number.len().min(2)]);
    let fits = match prefix {
        // UnionPay; 60 and 68 are debit cards of before.
        62 => (16..=19).contains(&number.len()),
        60 | 68 | 95 => number.len() == 19,
        35 | 40..=49 | 51..=55 => number.len() == 16,
        _ => false,
    };
    fits && passes_luhn(number)
}

fn passes_luhn(number: &[u8]) -> bool {
    let sum: u32 = number
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| {
            let digit = u32::from(digit - b'0');
            match place % 2 {
                1 if digit > 4 => digit * 2 - 9,
                1 => digit * 2,
                _ => digit,
            }
        })
        .sum();
    sum.is_multiple_of(10)
}

fn is_region(number: &[u8]) -> bool {
    PROVINCES.contains(&(number_of(&number[..2]) as u8))
}

fn is_birthday(year: u32, month_day: &[u8], today: Date) -> bool {
    let (month, day) = (number_of(&month_day[..2]), number_of(&month_day[2..]));
    (1890..=2100).contains(&year)
        && Date::new(year as i16, month as i8, day as i8).is_ok_and(|born| born <= today)
}

fn number_of(digits: &[u8]) -> u32 {
    digits
        .iter()
        .fold(0, |number, digit| number * 10 + u32::from(digit - b'0'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn numbers_by_their_own_rules() {
        let today = date(2026, 3, 20);
        let card = |number: &str| is_identity_card(number.as_bytes(), today);
        for (number, is_one) in [
            ("110105194912310021", false),
            ("11010519491231002X", true),
            ("11010519491231002x", true),
            ("440524188001010014", false),
            // No such region, no such day, born tomorrow, one digit off.
            ("990105194912310028", false),
            ("110105194902310023", false),
            ("110105203003210016", false),
            ("11010519491231003X", false),
            ("1101051949123100", false),
            ("", false),
        ] {
            assert_eq!(card(number), is_one, "{number}");
        }
        for (number, is_one) in [
            ("110105491231002", true),
            ("110105491331002", false),
            ("990105491231002", false),
            ("11010549123100", false),
        ] {
            let found = is_old_identity_card(number.as_bytes(), today);
            assert_eq!(found, is_one, "{number}");
        }
        for (number, is_one) in [
            ("13800138000", true),
            ("19912345678", true),
            ("14012345678", false),
            ("15412345678", false),
            ("12345678901", false),
            ("1380013800", false),
        ] {
            assert_eq!(is_mobile(number.as_bytes()), is_one, "{number}");
        }
        for (number, is_one) in [
            ("6222021234567890128", true),
            ("6222021234567890129", false),
            ("4111111111111111", true),
            ("41111111111111111", false),
            ("1234567890123452", false),
            ("", false),
        ] {
            assert_eq!(is_bank_card(number.as_bytes()), is_one, "{number}");
        }
    }
}
