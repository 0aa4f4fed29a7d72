package io.afnio4j.benchmarks.http;

/**
 * What is measured at once.
 *
 * @param streamed whether answers come piece by piece
 * @param inFlight how many calls at once
 * @param delayMillis how long the model thinks
 */
record Case(boolean streamed, int inFlight, int delayMillis) {

    String form() {
        return streamed ? "streamed" : "plain";
    }

    /** For example {@code plain-2048-50}. */
    String name() {
        return form() + "-" + inFlight + "-" + delayMillis;
    }
}
