package io.afnio4j.benchmarks.http;

import io.afnio4j.benchmarks.http.Load.Figures;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.reactivestreams.Publisher;

/**
 * One kind of client and nothing else, as a user's program has it. Where two kinds share a JVM, the compiler has to
 * make code that fits both, and what is measured is in part how they disturb each other.
 *
 * <p>It is told a case by a line with the calls in flight, the delay in milliseconds, whether answers are streamed, and
 * the base URL, opens a client, works it until the compiler rests, and says so. Upon each {@value #WATCH} it measures
 * for a while and writes calls per second, microseconds of processor time per call, the 99th percentile in milliseconds
 * and the number of threads that the client has made. {@value #END} closes the client.
 */
final class ClientProgram {

    static final String WATCH = "watch";
    static final String END = "end";

    private static final Duration WARM_UP = Duration.ofSeconds(1);
    private static final int MOST_WARM_UPS = 120;
    private static final int REST = 5; // quiet seconds in a row: a single one may lie between two compilations
    private static final double QUIET = 0.03;
    private static final Duration SETTLING = Duration.ofMillis(300);
    private static final Duration ROUND = Duration.ofSeconds(1);

    private static final CompilationMXBean COMPILER = ManagementFactory.getCompilationMXBean();

    private final ClientKind kind;
    private final int otherThreads = threads();
    private final BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));

    private ClientProgram(ClientKind kind) {
        this.kind = kind;
    }

    public static void main(String[] args) throws Exception {
        new ClientProgram(ClientKind.valueOf(args[0])).run();
        System.exit(0); // Reactor Netty's threads are daemons, those of Java's HTTP client are not
    }

    private static int threads() {
        return ManagementFactory.getThreadMXBean().getThreadCount();
    }

    private void run() throws Exception {
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            String[] said = line.split(" ");
            Case what = new Case(Boolean.parseBoolean(said[2]), Integer.parseInt(said[0]), Integer.parseInt(said[1]));
            try (Client client = open(what, said[3])) {
                serve(client);
            }
            System.out.println("closed");
        }
    }

    private void serve(Client client) throws Exception {
        warmUp(client);
        System.out.println("warm");
        while (WATCH.equals(input.readLine())) {
            Load load = client.work().call();
            Thread.sleep(SETTLING.toMillis());
            Figures seen = load.measure(ROUND);
            int threads = threads() - otherThreads;
            load.end();
            System.out.println(seen.rate() + " " + seen.cpuMicros() + " " + seen.p99Millis() + " " + threads);
        }
    }

    /**
     * Until the compiler rests: as long as it works it has the processors, and what runs is the slow code that it is
     * about to replace.
     */
    private static void warmUp(Client client) throws Exception {
        Load load = client.work().call();
        int quiet = 0;
        for (int i = 0; i < MOST_WARM_UPS && quiet < REST; i++) {
            long before = COMPILER.getTotalCompilationTime();
            Thread.sleep(WARM_UP.toMillis());
            double busy = (COMPILER.getTotalCompilationTime() - before) / (double) WARM_UP.toMillis();
            quiet = busy > QUIET ? 0 : quiet + 1;
        }
        load.end();
    }

    private Client open(Case what, String url) {
        return switch (kind) {
            case BARE -> {
                BareClient bare = new BareClient(url, what.inFlight());
                yield reactive(what, what.streamed() ? bare::stream : bare::chat, bare::close);
            }
            case FULL -> {
                FullClient full = new FullClient(url, what.inFlight());
                yield reactive(what, what.streamed() ? full::stream : full::chat, full::close);
            }
            case LANGCHAIN4J -> {
                LangChainClient other = new LangChainClient(url);
                yield new Client(() -> Load.blocking(what.inFlight(), other::chat), () -> {});
            }
        };
    }

    private static Client reactive(Case what, Supplier<Publisher<?>> call, Runnable closing) {
        return new Client(() -> Load.reactive(what.inFlight(), what.delayMillis(), call), closing);
    }

    /** An open client, and how it is put to work. */
    private record Client(Callable<Load> work, Runnable closing) implements AutoCloseable {

        @Override
        public void close() {
            closing.run();
        }
    }
}
