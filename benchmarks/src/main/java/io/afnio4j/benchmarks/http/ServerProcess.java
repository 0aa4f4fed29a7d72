package io.afnio4j.benchmarks.http;

import java.io.IOException;

/** The provider, in a JVM of its own. */
final class ServerProcess implements AutoCloseable {

    private final JavaProcess process = new JavaProcess(ChatServer.class);
    private final int port = Integer.parseInt(process.hear());

    ServerProcess() throws IOException {}

    /**
     * Where one kind of answers comes from.
     *
     * @param form plain or streamed
     * @param delayMillis how long the model thinks
     * @return the base URL
     */
    String url(String form, int delayMillis) {
        return "http://127.0.0.1:" + port + "/" + form + "/" + delayMillis;
    }

    @Override
    public void close() {
        process.close();
    }
}
