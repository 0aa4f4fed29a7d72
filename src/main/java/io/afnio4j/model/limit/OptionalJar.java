package io.afnio4j.model.limit;

/** Libraries that not every user needs. */
enum OptionalJar {
    CAFFEINE("com.github.benmanes.caffeine.cache.Caffeine", "com.github.ben-manes.caffeine:caffeine", "MemoryCache"),
    MVSTORE("org.h2.mvstore.MVStore", "com.h2database:h2-mvstore", "DiskCache"),
    JTOKKIT("com.knuddels.jtokkit.Encodings", "com.knuddels:jtokkit", "JtokkitEstimator");

    private final String type;
    private final String artifact;
    private final String user;

    OptionalJar(String type, String artifact, String user) {
        this.type = type;
        this.artifact = artifact;
        this.user = user;
    }

    /**
     * Makes sure that the library is there.
     *
     * @throws IllegalStateException where it isn't; the message names its artifact
     */
    void require() {
        try {
            Class.forName(type, false, OptionalJar.class.getClassLoader());
        } catch (ClassNotFoundException missing) {
            throw new IllegalStateException(
                    user + " needs the artifact " + artifact + " on the class path: add it to your dependencies.",
                    missing);
        }
    }
}
