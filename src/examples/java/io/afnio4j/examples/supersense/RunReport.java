package io.afnio4j.examples.supersense;

import io.afnio4j.error.BadFileException;
import io.afnio4j.model.UsageMeter;
import io.afnio4j.prompt.PromptTemplate;
import io.afnio4j.train.TrainingEvent;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** The outcome of a run: lines for the screen and a page that needs nothing else to be read. */
final class RunReport {

    private final Settings settings;
    private final Endpoint endpoint;
    private final String promptBefore;
    private final long start = System.nanoTime();
    private final List<String> steps = new ArrayList<>();
    private final List<Double> validation = new ArrayList<>();
    private @Nullable Accuracy before;
    private @Nullable Accuracy after;
    private String promptAfter = "";
    private String usageText = "";
    private String timeText = "";

    RunReport(Settings settings, Endpoint endpoint, String promptBefore) {
        this.settings = settings;
        this.endpoint = endpoint;
        this.promptBefore = promptBefore;
    }

    void before(Accuracy accuracy) {
        this.before = accuracy;
    }

    void on(TrainingEvent event) {
        if (event instanceof TrainingEvent.Validated validated) {
            validation.add(validated.metrics().mean("accuracy"));
        } else if (event instanceof TrainingEvent.Accepted accepted) {
            settled(accepted.step(), "kept", accepted.gain());
        } else if (event instanceof TrainingEvent.Rejected rejected) {
            settled(rejected.step(), "dropped", rejected.gain());
        } else if (event instanceof TrainingEvent.NotRewritten failed) {
            settled(failed.step(), "unusable", 0);
        }
    }

    private void settled(int step, String verdict, double gain) {
        double best = validation.get(validation.size() - 1);
        validation.add("kept".equals(verdict) ? best + gain : best);
        steps.add(String.format(
                Locale.ROOT,
                "<tr class=\"%s\"><td>%d</td><td>%s</td><td>%+.1f</td></tr>",
                verdict,
                step,
                verdict,
                100 * gain));
    }

    void after(Accuracy accuracy, String prompt, UsageMeter usage) {
        this.after = accuracy;
        this.promptAfter = prompt;
        UsageMeter.Totals total = usage.total();
        Duration wall = Duration.ofNanos(System.nanoTime() - start);
        this.usageText = String.format(
                Locale.ROOT,
                "%,d calls (%s), %,d attempts failed, %,d tokens, cost %s",
                total.calls(),
                usage.byPhase().entrySet().stream()
                        .map(phase -> String.format(
                                Locale.ROOT,
                                "%,d %s",
                                phase.getValue().calls(),
                                phase.getKey().name().toLowerCase(Locale.ROOT)))
                        .collect(Collectors.joining(", ")),
                total.failures(),
                total.usage().totalTokens(),
                total.costText());
        this.timeText = String.format(
                Locale.ROOT,
                "%s on the clock; the calls took %s together, so running them side by side gained %.1fx",
                Display.seconds(wall),
                Display.seconds(total.callTime()),
                (double) total.callTime().toNanos() / wall.toNanos());
    }

    String promptAfter() {
        return promptAfter;
    }

    /** The outcome in lines for the screen. */
    List<String> lines() {
        Accuracy first = Objects.requireNonNull(before);
        Accuracy last = Objects.requireNonNull(after);
        return List.of(
                "test accuracy before   " + first.text(),
                "test accuracy after    " + last.text(),
                "gain                   " + last.gainOver(first) + "   (95 % intervals)",
                "",
                "calls      " + usageText,
                "time       " + timeText,
                "seed       " + settings.seed);
    }

    /** Writes the page; gives its path. */
    Mono<Path> save(Path directory) {
        return Mono.fromCallable(() -> Files.writeString(directory.resolve("report.html"), page()))
                .onErrorMap(
                        IOException.class,
                        failed -> new BadFileException(
                                "The report can't be written to " + directory
                                        + "; choose another directory with --out.",
                                failed))
                .subscribeOn(Schedulers.boundedElastic());
    }

    private String page() throws IOException {
        Accuracy first = Objects.requireNonNull(before);
        Accuracy last = Objects.requireNonNull(after);
        try (InputStream template = Objects.requireNonNull(RunReport.class.getResourceAsStream("report.html"))) {
            return PromptTemplate.of(new String(template.readAllBytes(), StandardCharsets.UTF_8))
                    .render(Map.ofEntries(
                            Map.entry("model", escaped(endpoint.path())),
                            Map.entry(
                                    "kind",
                                    endpoint.standIn() == null
                                            ? "a provider"
                                            : "the embedded stand-in, which is no language model"),
                            Map.entry("seed", String.valueOf(settings.seed)),
                            Map.entry("before", first.text()),
                            Map.entry("after", last.text()),
                            Map.entry("gain", last.gainOver(first)),
                            Map.entry("usage", escaped(usageText)),
                            Map.entry("time", escaped(timeText)),
                            Map.entry("curve", Curve.svg(validation)),
                            Map.entry("steps", String.join("\n", steps)),
                            Map.entry("prompt_before", escaped(promptBefore)),
                            Map.entry("prompt_after", escaped(promptAfter))));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
