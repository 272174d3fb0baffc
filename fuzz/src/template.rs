/// The number that a table or column keeps whatever it is called.
pub type Id = u32;

/// SQL text with gaps where names of tables and columns stand, so that it follows their renames.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Template(Vec<Piece>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Name(Id),
}

impl Template {
    /// A text in which every `@` is the next of these names.
    pub fn new(text: &str, names: &[Id]) -> Self {
        let mut names = names.iter();
        let mut pieces = Vec::new();
        for (position, part) in text.split('@').enumerate() {
            if position > 0
                && let Some(name) = names.next()
            {
                pieces.push(Piece::Name(*name));
            }
            if !part.is_empty() {
                pieces.push(Piece::Text(part.to_owned()));
            }
        }
        Self(pieces)
    }

    /// Whether the name stands in it.
    pub fn names(&self, id: Id) -> bool {
        self.0.contains(&Piece::Name(id))
    }

    /// The text with the names as they are written now.
    pub fn write(&self, mut name: impl FnMut(Id) -> String) -> String {
        let pieces = self.0.iter().map(|piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Name(id) => name(*id),
        });
        pieces.collect()
    }
}
