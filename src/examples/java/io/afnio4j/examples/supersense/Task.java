package io.afnio4j.examples.supersense;

/**
 * How models are told what is to be done.
 *
 * @param instructions what the prompt begins with
 * @param thing what a text is
 * @param files what the right category of a thing depends on, between "the one that" and "under"
 */
record Task(String instructions, String thing, String files) {

    static final Task DEFINITIONS = new Task(
            "You are given a definition from a dictionary. Name the category of the thing that it defines.",
            "definition",
            "the dictionary files the definition");

    static final Task TEXTS = new Task("You are given a text. Name its category.", "text", "its owner files the text");
}
