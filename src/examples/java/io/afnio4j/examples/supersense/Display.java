package io.afnio4j.examples.supersense;

import io.afnio4j.autodiff.BackwardEvent;
import io.afnio4j.model.UsageMeter;
import io.afnio4j.optim.Update;
import io.afnio4j.train.TrainingEvent;
import java.io.Console;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a person sees of a run on a screen of 100 columns: a header, a live bar with lines that scroll by above it, and
 * the outcome. Where the output is no terminal, a plain line now and then takes the place of the bar.
 */
final class Display {

    private static final int WIDTH = 98;
    private static final String INDENT = " ".repeat(11);
    private static final int GRADIENT_EVERY = 40;
    private static final int PLAIN_LINE_EVERY = 10;

    private final PrintStream out;
    private final boolean terminal;
    private @Nullable LiveBar bar;
    private @Nullable Progress progress;
    private int gradients;

    Display(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    void header(Settings settings, SupersenseData data, Endpoint endpoint, String prompt) {
        out.println("afnio4j · optimising the prompt of a classifier by textual gradients");
        out.println();
        URI url = endpoint.options().baseUrl();
        if (endpoint.standIn() == null) {
            say("model      " + endpoint.path() + (url == null ? "" : " at " + url.getHost()));
        } else {
            say(
                    "model      none is configured, so an embedded stand-in answers: a small sentence-embedding model, not a"
                            + " language model. It sits behind " + url
                            + " and speaks the OpenAI protocol, so HTTP, JSON, queueing"
                            + " and retries are the real ones. Set OPENAI_API_KEY, or AFNIO_BASE_URL and AFNIO_MODEL, to run the"
                            + " same program against a real model.");
        }
        say("data       " + data.source() + ": " + data.train().size() + " rows to train, "
                + data.validation().size() + " to validate, " + data.test().size() + " to test, "
                + data.categories().size() + " categories");
        say("settings   seed " + settings.seed + ", " + settings.epochs + " epochs, batches of " + settings.batch + ", "
                + settings.concurrency + " calls at once"
                + (settings.rate > 0 ? ", " + settings.rate + " calls/min" : "")
                + (settings.latency.isZero() ? "" : ", " + settings.latency.toMillis() + " ms latency")
                + (settings.faults > 0 ? String.format(Locale.ROOT, ", %.0f %% faults", 100 * settings.faults) : ""));
        out.println();
        prompt("the prompt before", prompt);
    }

    /** Whether a person is at the other end. From Java 22 on there is a console even where there is no terminal. */
    @SuppressWarnings("SystemConsoleNull") // that is what the rest of the method is for
    static boolean isTerminal() {
        Console console = System.console();
        if (console == null) {
            return false;
        }
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (ReflectiveOperationException olderJava) {
            return true;
        }
    }

    /** Asks before money is spent; without anybody to ask, the answer is no. */
    boolean confirms(Estimate estimate) {
        say("estimate   " + estimate);
        if (!isTerminal()) {
            throw new IllegalStateException(
                    "This run would call a provider and nobody is here to confirm it. Add --yes, and"
                            + " --max-cost to limit what it may spend.");
        }
        String answer = System.console().readLine("Go on? [y/N] ");
        return answer != null && answer.strip().toLowerCase(Locale.ROOT).startsWith("y");
    }

    void before(Accuracy accuracy) {
        say("test accuracy before   " + accuracy.text() + "   (95 % interval)");
        out.println();
    }

    void trainingStarts(UsageMeter usage) {
        progress = new Progress(usage);
        bar = terminal ? new LiveBar(out, WIDTH) : null;
    }

    void on(TrainingEvent event) {
        Progress now = progress;
        if (now == null) {
            return;
        }
        now.on(event);
        if (event instanceof TrainingEvent.Backward backward
                && backward.event() instanceof BackwardEvent.FeedbackReceived feedback) {
            gradient(backward.step(), feedback);
        } else if (event instanceof TrainingEvent.Validated validated) {
            above(String.format(
                    Locale.ROOT,
                    "validation before   %.1f %%",
                    100 * validated.metrics().mean("accuracy")));
        } else if (event instanceof TrainingEvent.Accepted accepted) {
            above(String.format(
                    Locale.ROOT, "step %3d  kept, validation %+.1f points", accepted.step(), 100 * accepted.gain()));
            diff(accepted.updates());
        } else if (event instanceof TrainingEvent.Rejected rejected) {
            above(String.format(Locale.ROOT, "step %3d  dropped (%+.1f)", rejected.step(), 100 * rejected.gain()));
        } else if (event instanceof TrainingEvent.NotRewritten failed) {
            above(String.format(Locale.ROOT, "step %3d  brought no usable prompt", failed.step()));
        }
        show(now, event instanceof TrainingEvent.StepFinished finished && finished.step() % PLAIN_LINE_EVERY == 0);
    }

    private void show(Progress now, boolean milestone) {
        LiveBar live = bar;
        if (live != null) {
            live.show(now.done(), now.all(), now.text());
        } else if (milestone) {
            say(now.done() + "/" + now.all() + "  " + now.text());
        }
    }

    private void gradient(int step, BackwardEvent.FeedbackReceived feedback) {
        if (gradients++ % GRADIENT_EVERY == 0) {
            String text = feedback.gradient().text().replaceAll("\\s+", " ");
            above(String.format(Locale.ROOT, "step %3d  gradient: ", step) + text);
        }
    }

    private void diff(List<Update> updates) {
        for (Update update : updates) {
            LineDiff.between(update.before(), update.after()).forEach(line -> above("          " + line));
        }
    }

    void trainingEnds() {
        LiveBar live = bar;
        if (live != null) {
            live.close();
            bar = null;
        }
        out.println();
    }

    void after(RunReport report) {
        prompt("the prompt after", report.promptAfter());
        report.lines().forEach(this::say);
    }

    void saved(Path agent, Path page) {
        out.println();
        say("agent      " + agent);
        say("report     " + page);
    }

    /**
     * @param agent where it was saved; null where it had learnt nothing that is worth to take the place of another's
     */
    void stopped(@Nullable Path agent) {
        LiveBar live = bar;
        if (live != null) {
            live.close();
        }
        out.println(
                agent == null
                        ? "\nStopped. Nothing was learnt yet, so what an earlier run has left stays as it is."
                        : "\nStopped. What was learnt until now is saved in " + agent + ".");
    }

    private void prompt(String title, String text) {
        out.println("── " + title + " " + "─".repeat(WIDTH - title.length() - 4));
        text.lines().forEach(line -> out.println(Lines.wrapped(line, WIDTH, "    ")));
        out.println("─".repeat(WIDTH));
        out.println();
    }

    private void above(String line) {
        LiveBar live = bar;
        if (live != null) {
            live.clear();
        }
        say(Lines.cut(line, WIDTH));
    }

    private void say(String line) {
        out.println(Lines.wrapped(line, WIDTH, INDENT));
    }

    /** How long something took, as people write it. */
    static String seconds(Duration time) {
        return String.format(Locale.ROOT, "%.1f s", time.toMillis() / 1000.0);
    }
}
