package io.afnio4j.benchmarks.http;

import java.io.IOException;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Measures calls over HTTP and prints a line for each case as soon as it is known. An argument, a regular expression,
 * selects cases by their names, such as {@code plain-2048-50}: 2,048 in flight, answers after 50 ms;
 * {@code langchain4j-plain-2048-50} has LangChain4j's client in the bare one's place. Figures never fail a run.
 */
public final class CallsOverHttp {

    private static final int[] IN_FLIGHT = {16, 256, 2_048, 8_192};

    /** With 8,192 threads its calls run into its timeout of a minute. */
    private static final int[] LANGCHAIN_IN_FLIGHT = {16, 256, 2_048};

    private static final int[] DELAYS = {0, 50, 200};

    /** Streams whose pieces the server sends as fast as it can, so few of them load it. */
    private static final int[][] STREAMED = {{16, 0}, {256, 0}, {256, 50}, {2_048, 50}};

    private final ServerProcess server;
    private final Pattern wanted;

    private CallsOverHttp(ServerProcess server, Pattern wanted) {
        this.server = server;
        this.wanted = wanted;
    }

    public static void main(String[] args) throws Exception {
        Pattern wanted = Pattern.compile(args.length == 0 ? ".*" : args[0]);
        try (ServerProcess server = new ServerProcess()) {
            new CallsOverHttp(server, wanted).run();
        }
    }

    private void run() throws Exception {
        if (isWanted("heap")) {
            print("heap of 2,048 calls in flight: %s", Heap.of(server.url("plain", Heap.DELAY_MILLIS), 2_048));
        }
        try (Duel bare = new Duel(server, ClientKind.BARE)) {
            for (int inFlight : IN_FLIGHT) {
                for (int delay : DELAYS) {
                    fight(bare, "", new Case(false, inFlight, delay));
                }
            }
            for (int[] point : STREAMED) {
                fight(bare, "", new Case(true, point[0], point[1]));
            }
        }
        try (Duel langChain = new Duel(server, ClientKind.LANGCHAIN4J)) {
            for (int inFlight : LANGCHAIN_IN_FLIGHT) {
                fight(langChain, "langchain4j-", new Case(false, inFlight, 50));
            }
        }
        if (isWanted("branches")) {
            print("1,000 branches of 50 ms: %s", new Branches(server.url("plain", Branches.DELAY_MILLIS)).measure());
        }
    }

    private boolean isWanted(String name) {
        return wanted.matcher(name).matches();
    }

    private void fight(Duel duel, String prefix, Case what) throws IOException {
        if (isWanted(prefix + what.name())) {
            print("%-22s %s", prefix + what.name(), duel.fight(what));
        }
    }

    private static void print(String pattern, Object... values) {
        System.out.printf(Locale.ROOT, pattern + "%n", values);
    }
}
