package io.afnio4j.benchmarks.http;

import io.afnio4j.benchmarks.http.Load.Figures;
import java.io.IOException;

/**
 * One kind of client in a JVM of its own, which measures when it is told to. See {@link ClientProgram} for what is
 * said.
 */
final class ClientProcess implements AutoCloseable {

    private final JavaProcess process;

    ClientProcess(ClientKind kind) throws IOException {
        process = new JavaProcess(ClientProgram.class, kind.name());
    }

    /** Opens a client and works it until the compiler rests. */
    void open(Case what, ServerProcess server) throws IOException {
        process.tell(what.inFlight() + " " + what.delayMillis() + " " + what.streamed() + " "
                + server.url(what.form(), what.delayMillis()));
        process.hear();
    }

    /** Works the client for a while and watches. */
    Seen watch() throws IOException {
        process.tell(ClientProgram.WATCH);
        String[] said = process.hear().split(" ");
        return new Seen(
                new Figures(Double.parseDouble(said[0]), Double.parseDouble(said[1]), Double.parseDouble(said[2])),
                Integer.parseInt(said[3]));
    }

    /** Closes the client; the JVM goes on. */
    void end() throws IOException {
        process.tell(ClientProgram.END);
        process.hear();
    }

    @Override
    public void close() {
        process.close();
    }

    /**
     * What was seen in a while.
     *
     * @param figures of the calls
     * @param threads how many the client has made
     */
    record Seen(Figures figures, int threads) {}
}
