use comfy_table::{Table, presets};

/// Rows as lines, each column as wide as its widest cell, two spaces in front.
pub(crate) fn aligned(rows: impl IntoIterator<Item = Vec<String>>) -> Vec<String> {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    for row in rows {
        table.add_row(row);
    }
    table.lines().map(|line| format!(" {}", line.trim_end())).collect()
}

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
