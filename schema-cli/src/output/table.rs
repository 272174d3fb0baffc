use comfy_table::{Table, presets};

/// Rows as lines, each column as wide as its widest cell, two spaces in front.
pub(crate) fn aligned(rows: impl IntoIterator<Item = Vec<String>>) -> Vec<String> {
    let rows: Vec<Vec<String>> = rows.into_iter().collect();
    // One long cell would push the last column of every row off the screen: its row stands alone.
    let fits = |row: &Vec<String>| row.iter().rev().skip(1).all(|cell| cell.chars().count() <= WIDEST);
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    for row in rows.iter().filter(|row| fits(row)) {
        table.add_row(row);
    }
    let mut aligned: Vec<String> = table.lines().map(|line| format!(" {}", line.trim_end())).collect();
    aligned.reverse();
    let mut line = |row: &Vec<String>| match fits(row) {
        true => aligned.pop().unwrap_or_default(),
        false => format!("  {}", row.join("  ").trim_end()),
    };
    rows.iter().map(&mut line).collect()
}

/// Cells that are aligned are this wide at most, in characters.
const WIDEST: usize = 56;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_by_what_a_terminal_shows() {
        let rows =
            [["+", "b\u{fc}cher", "add"], ["~", "a", "rename"]].map(|row| row.map(str::to_owned).to_vec());
        assert_eq!(aligned(rows), ["  +  b\u{fc}cher  add", "  ~  a       rename"]);
    }
}
