package io.afnio4j.benchmarks.http;

/** Who is measured. */
enum ClientKind {
    BARE,
    FULL,
    LANGCHAIN4J
}
