package io.afnio4j.error;

/**
 * Libraries that not every user needs. (Micrometer isn't one of them here: whoever calls what needs it hands over one
 * of its own types, and has it.)
 */
public enum OptionalJar {
    CAFFEINE(
            "com.github.benmanes.caffeine.cache.Caffeine",
            "com.github.ben-manes.caffeine:caffeine:3.2.3",
            "What is kept in memory (MemoryCache, CachingEmbeddingModel)",
            "For chats there is DiskCache.in, which needs another one."),
    MVSTORE(
            "org.h2.mvstore.MVStore",
            "com.h2database:h2-mvstore:2.4.240",
            "DiskCache",
            "MemoryCache.of needs another one."),
    JTOKKIT(
            "com.knuddels.jtokkit.Encodings",
            "com.knuddels:jtokkit:1.1.0",
            "JtokkitEstimator",
            "TokenEstimator.rough() needs nothing."),
    SCHEMA_GENERATOR(
            "com.github.victools.jsonschema.generator.SchemaGenerator",
            "com.github.victools:jsonschema-generator:5.0.0",
            "Structured.of(model, type)",
            "Structured.of(model, type, schema) needs nothing."),
    GRAPH_LAYOUT(
            "org.graphper.parser.DotParser",
            "org.graphper:graph-support-dot:1.5.1",
            "Graph.toSvg()",
            "Graph.toDot() and toMermaid() need nothing.");

    private final String type;
    private final String artifact;
    private final String user;
    private final String otherwise;

    OptionalJar(String type, String artifact, String user, String otherwise) {
        this.type = type;
        this.artifact = artifact;
        this.user = user;
        this.otherwise = otherwise;
    }

    /**
     * Makes sure that the library is there.
     *
     * @throws IllegalStateException where it isn't; the message names its artifact, and what does without it
     */
    public void require() {
        try {
            Class.forName(type, false, OptionalJar.class.getClassLoader());
        } catch (ClassNotFoundException missing) {
            throw new IllegalStateException(
                    user + " needs the artifact " + artifact
                            + ", or a newer one, on the class path: add it to your dependencies. " + otherwise,
                    missing);
        }
    }
}
