package io.afnio4j.benchmarks.http;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The provider, in a JVM of its own. */
final class ServerProcess implements AutoCloseable {

    private final Process process;
    private final int port;

    ServerProcess() throws IOException {
        process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx1g",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ChatServer.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        port = Integer.parseInt(String.valueOf(output.readLine()));
    }

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
    public void close() throws IOException {
        process.getOutputStream().close();
    }
}
