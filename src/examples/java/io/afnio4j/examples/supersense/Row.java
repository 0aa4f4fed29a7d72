package io.afnio4j.examples.supersense;

/**
 * A definition and what kind of thing it defines.
 *
 * @param gloss the definition's words
 * @param category one of {@link SupersenseData#CATEGORIES}
 */
record Row(String gloss, String category) {}
