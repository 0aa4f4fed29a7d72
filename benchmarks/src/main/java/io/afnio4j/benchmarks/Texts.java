package io.afnio4j.benchmarks;

/** Texts of a usual length. */
final class Texts {

    /** What a judge says: about 300 characters. */
    static final String FEEDBACK = """
            The answer names the wrong category. Expected was 'artifact', but the answer says 'cognition': the definition speaks of a thing that people \
            made and can touch. The prompt should say that a tool, a building or a garment is an artifact even where its definition speaks of what it \
            is meant for.""";

    /** What is classified: about 300 characters, so that the prompt around it has about 400. */
    static final String INPUT = """
            a device that is worn around the waist or over the shoulder and holds small tools, nails or ammunition so that the wearer has them at hand \
            and keeps both hands free; in a wider sense any belt with loops or pockets, such as those of electricians, carpenters, climbers and \
            soldiers""";

    /** A prompt with one place. */
    static final String PROMPT =
            "Read the definition and answer with the one lexical category that it belongs to, in a single word.\n\n{definition}";

    private Texts() {}
}
