package io.afnio4j.examples.supersense;

import java.io.PrintStream;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** The bar at the foot of the screen. */
final class LiveBar implements AutoCloseable {

    private static final String CLEAR_LINE = "\r\u001b[2K";

    private final PrintStream out;
    private final ProgressBar bar;

    LiveBar(PrintStream out, int width) {
        this.out = out;
        this.bar = new ProgressBarBuilder()
                .setTaskName("training")
                .setInitialMax(1)
                .setStyle(ProgressBarStyle.UNICODE_BLOCK)
                .setUpdateIntervalMillis(200)
                .setMaxRenderedLength(width)
                .hideEta()
                .setConsumer(new ConsoleProgressBarConsumer(out, width))
                .build();
    }

    void show(int done, int all, String text) {
        bar.maxHint(all);
        bar.stepTo(done);
        bar.setExtraMessage(" " + text);
    }

    /** Makes room for a line above the bar, which comes back by itself. */
    void clear() {
        out.print(CLEAR_LINE);
    }

    @Override
    public void close() {
        bar.close();
        out.println();
    }
}
