package io.afnio4j.examples.supersense;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.afnio4j.autodiff.Parameter;
import io.afnio4j.error.IncompleteAnswerException;
import io.afnio4j.model.ClientOptions;
import io.afnio4j.model.Price;
import io.afnio4j.model.script.ScriptedChatModel;
import io.afnio4j.serial.HfFormat;
import io.afnio4j.testing.Answer;
import io.afnio4j.testing.Await;
import io.afnio4j.testing.Completions;
import io.afnio4j.testing.FakeModel;
import io.afnio4j.testing.LoopbackServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import tools.jackson.databind.JsonNode;

@Timeout(120)
class MainJobTest {

    @TempDir
    private Path directory;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int run(String... arguments) {
        return MainJob.command(print(out), print(err)).execute(arguments);
    }

    private static PrintStream print(ByteArrayOutputStream stream) {
        return new PrintStream(stream, true, StandardCharsets.UTF_8);
    }

    private String text(ByteArrayOutputStream stream) {
        return stream.toString(StandardCharsets.UTF_8);
    }

    private Settings settings() {
        return SmallRun.into(directory);
    }

    private boolean go(Settings settings, SupersenseData data, StandInServer server) {
        ClientOptions options =
                ClientOptions.builder().baseUrl(server.baseUrl()).build();
        try (Endpoint endpoint = new Endpoint("openai/" + StandInServer.MODEL, options, server)) {
            return new Run(settings, data, endpoint, new Display(print(out), false)).go();
        }
    }

    @Test
    void testRowsAreNeverSeenInTraining() {
        StandInModel model = new StandInModel(EditorPart.Manner.CAREFUL);
        Queue<JsonNode> requests = new ConcurrentLinkedQueue<>();
        StandInServer server = StandInServer.start(
                request -> {
                    requests.add(request);
                    return model.answer(request);
                },
                Duration.ZERO,
                0,
                1);
        SupersenseData data = SupersenseData.load().atMost(69);
        Set<String> test = new HashSet<>(data.test().stream().map(Row::gloss).toList());

        assertThat(go(settings(), data, server)).isTrue();

        Map<String, Set<String>> promptsByTestRow = new HashMap<>();
        for (JsonNode request : requests) {
            String user = request.path("messages").path(1).path("content").asString();
            if (request.has("response_format")) {
                if (test.contains(user)) {
                    String prompt =
                            request.path("messages").path(0).path("content").asString();
                    promptsByTestRow
                            .computeIfAbsent(user, row -> new HashSet<>())
                            .add(prompt);
                }
            } else {
                assertThat(test).as("neither critic nor editor sees a test row").noneMatch(user::contains);
            }
        }
        assertThat(promptsByTestRow.keySet()).isEqualTo(test);
        Set<String> prompts = new HashSet<>();
        promptsByTestRow.values().forEach(prompts::addAll);
        assertThat(prompts)
                .as("only the first and the last prompt meet test rows")
                .hasSizeLessThanOrEqualTo(2);
    }

    @Test
    void printsSavesAndReportsWhatItLearnt() throws IOException {
        int exit = run("--epochs", "1", "--rows", "46", "--batch", "23", "--seed", "5", "--out", directory.toString());

        assertThat(text(err)).isEmpty();
        assertThat(exit).isZero();
        assertThat(text(out))
                .contains(
                        "stand-in",
                        "not",
                        "the prompt before",
                        "test accuracy before",
                        "step   1",
                        "the prompt after",
                        "test accuracy after",
                        "seed       5",
                        "on the clock");
        assertThat(text(out).lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(100));
        Map<?, ?> saved = (Map<?, ?>) Await.now(HfFormat.standard().load(directory.resolve("classifier.hf")));
        assertThat(((Parameter) saved.get("prompt")).text()).contains("act: act");
        assertThat(Files.readString(directory.resolve("report.html")))
                .contains("<svg", "test accuracy after")
                .doesNotContain("{gain}");
    }

    @Test
    void anAnswerThatIsNotWhatWasAskedForIsOneSentence() {
        StandInServer server = StandInServer.start(request -> "It is a cat.", Duration.ZERO, 0, 1);

        Throwable failure =
                catchThrowable(() -> go(settings(), SupersenseData.load().atMost(23), server));

        assertThat(failure).isNotNull();
        assertThat(Failures.sentence(failure))
                .isEqualTo(
                        "The model openai/minilm-stand-in was asked for JSON with one of the 23 categories and answered something"
                                + " else. Choose a model that supports structured output (response_format json_schema).");
        assertThat(Files.exists(directory.resolve("classifier.hf")))
                .as("what was learnt is saved")
                .isTrue();
    }

    @Test
    void aMisfitAmongTheAnswersIsAMistakeLikeOthers() {
        StandInModel model = new StandInModel(EditorPart.Manner.CAREFUL);
        AtomicInteger labelled = new AtomicInteger();
        StandInServer server = StandInServer.start(
                request -> request.has("response_format") && labelled.getAndIncrement() % 5 == 0
                        ? "I'd rather not say."
                        : model.answer(request),
                Duration.ZERO,
                0,
                1);

        assertThat(go(settings(), SupersenseData.load().atMost(23), server)).isTrue();

        assertThat(text(out)).contains("test accuracy after");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"category\":\"act\"}",
                "```json\n{\"category\": \"ACT\"}\n```",
                "<think>{a} or {b}?</think>{\"category\":\"act\"}",
                " act \n"
            })
    void theCategoryCountsHoweverItIsWrapped(String answer) {
        GlossClassifier agent =
                new GlossClassifier(ScriptedChatModel.by(request -> answer), SupersenseData.load(), settings());

        assertThat(Await.now(agent.judge(List.of(new Row("what is done", "act"))))
                        .percent())
                .isEqualTo(100);
    }

    @Test
    void ofDictionariesItSpeaksOnlyWhereThereIsOne() throws IOException {
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < 9; i++) {
            rows.append("loved it ")
                    .append(i)
                    .append("\tgood\nhated it ")
                    .append(i)
                    .append("\tbad\n");
        }
        SupersenseData own = OwnRows.read(Files.writeString(directory.resolve("rows.tsv"), rows));

        assertThat(new GlossClassifier(ScriptedChatModel.by(request -> ""), own, settings()).prompt())
                .isEqualTo("You are given a text. Name its category.\n\nbad: bad\ngood: good");
    }

    @Test
    void whatAFilterStopsIsAMistakeLikeOthersUnlessItIsAll() {
        SupersenseData data = SupersenseData.load().atMost(23);
        AtomicInteger asked = new AtomicInteger();
        try (LoopbackServer filtering = LoopbackServer.reacting(request -> {
            if (request.json().toString().contains("<current_value")) {
                return Completions.answer(data.categories().stream()
                        .map(category -> category + ": a better word")
                        .collect(Collectors.joining("\n", "<improved_value>\n", "\n</improved_value>")));
            }
            return switch (asked.getAndIncrement() % 6) {
                case 0 -> filtered();
                case 3 -> Answer.json(400, Completions.error("Filtered", "t", "content_filter"));
                default -> Completions.answer("{\"category\":\"act\"}");
            };
        })) {
            assertThat(go(settings(), data, filtering)).isTrue();
        }
        assertThat(text(out)).contains("test accuracy after");

        try (LoopbackServer filtering = LoopbackServer.answering(filtered())) {
            assertThat(Failures.sentence(catchThrowable(() -> go(settings(), data, filtering))))
                    .contains("content_filter");
        }
    }

    @Test
    void misfitsAfterTheTrainingAreCountedAndTakeNothingFromTheReport() {
        SupersenseData data = SupersenseData.load().atMost(23);
        StandInModel model = new StandInModel(EditorPart.Manner.CAREFUL);
        Set<String> unasked = ConcurrentHashMap.newKeySet();
        data.test().forEach(row -> unasked.add(row.gloss()));
        Set<String> test = Set.copyOf(unasked);
        StandInServer server = StandInServer.start(
                request -> {
                    String asked =
                            request.path("messages").path(1).path("content").asString();
                    return test.contains(asked) && !unasked.remove(asked) ? "Enough." : model.answer(request);
                },
                Duration.ZERO,
                0,
                1);

        assertThat(go(settings(), data, server)).isTrue();

        assertThat(text(out)).contains("test accuracy after    0.0 %");
        assertThat(directory.resolve("report.html")).exists();
    }

    @Test
    void whereNoAnswerFitsTheFailureOfTheFirstRowIsToldWhicheverCameLast() {
        for (boolean firstComesLast : List.of(true, false)) {
            Sinks.Empty<String> other = Sinks.empty();
            FakeModel model = FakeModel.reacting(request -> {
                boolean first = FakeModel.lastText(request).equals("first");
                Mono<String> cut = Mono.error(new IncompleteAnswerException(FakeModel.lastText(request) + " was cut"));
                return first == firstComesLast
                        ? other.asMono().then(cut)
                        : cut.doFinally(end -> other.tryEmitEmpty().orThrow());
            });
            GlossClassifier agent = new GlossClassifier(model, SupersenseData.load(), settings());

            assertThatThrownBy(() ->
                            Await.now(agent.judgeFirst(List.of(new Row("first", "act"), new Row("second", "act")))))
                    .hasMessage("first was cut");
        }
    }

    @Test
    void aFailureThatWasForgivenElsewhereIsNoReasonForMisfits() {
        FakeModel model =
                FakeModel.reacting(request -> FakeModel.lastText(request).equals("cut")
                        ? Mono.error(new IncompleteAnswerException("was cut"))
                        : Mono.just("a cat"));
        GlossClassifier agent = new GlossClassifier(model, SupersenseData.load(), settings());

        assertThat(Await.now(agent.judge(List.of(new Row("cut", "act")))).percent())
                .isZero();
        assertThatThrownBy(() -> Await.now(agent.judgeFirst(List.of(new Row("whole", "act")))))
                .hasMessageContaining("answered something else");
    }

    private static Answer filtered() {
        return Answer.ok(Completions.of("{\"content\":null}", "\"content_filter\"", "null"));
    }

    /** As with a provider. */
    private boolean go(Settings settings, SupersenseData data, LoopbackServer server) {
        ClientOptions options =
                ClientOptions.builder().baseUrl(server.baseUrl()).build();
        try (Endpoint endpoint = new Endpoint("openai/m", options, null)) {
            settings.yes = true;
            return new Run(settings, data, endpoint, new Display(print(out), false)).go();
        }
    }

    @Test
    void aLimitOnCostNeedsAPriceWhichMayBeSaid() {
        Map<String, String> environment = Map.of("AFNIO_BASE_URL", "http://localhost:1/v1", "AFNIO_MODEL", "m");
        Settings settings = settings();
        settings.maxCost = BigDecimal.ONE;

        assertThatThrownBy(() -> Endpoint.of(environment, settings))
                .hasMessage(
                        "The model openai/m is in no price list, so --max-cost can't be kept. Say what it charges, for example"
                                + " --price 0.15/0.60.");

        settings.price = new Settings.PerMillion().convert("0.15/0.60");
        try (Endpoint endpoint = Endpoint.of(environment, settings)) {
            assertThat(endpoint.options().price()).isEqualTo(Price.perMillion("0.15", "0.60"));
        }
        assertThat(Estimate.of(settings, SupersenseData.load(), ScriptedChatModel.by(request -> ""), "")
                        .cost())
                .isNotNull();
    }

    @Test
    void aProviderThatIsBusyAtFirstIsAskedAllTheSame() {
        AtomicInteger asked = new AtomicInteger();
        LoopbackServer busy = LoopbackServer.reacting(request -> asked.getAndIncrement() < 9
                ? Answer.json(429, "{}", "retry-after-ms: 1")
                : Completions.answer(request.json().has("response_format") ? "{\"category\":\"act\"}" : "Hm."));
        try (busy) {
            assertThat(go(settings(), SupersenseData.load().atMost(23), busy)).isTrue();
        }
        assertThat(text(out)).contains("brought no usable prompt", "test accuracy after");
    }

    @Test
    void whatIsSetToNothingIsNotSet() {
        Map<String, String> nothing = Map.of("OPENAI_API_KEY", "", "AFNIO_BASE_URL", " ", "AFNIO_MODEL", "");

        try (Endpoint endpoint = Endpoint.of(nothing, settings())) {
            assertThat(endpoint.standIn()).isNotNull();
        }
    }

    @Test
    void aRunThatFailsBeforeItHasLearntAnythingLeavesTheAgentOfAnEarlierOne() throws IOException {
        StandInServer server = StandInServer.start(request -> "It is a cat.", Duration.ZERO, 0, 1);
        Path earlier = Files.writeString(directory.resolve("classifier.hf"), "learnt before");

        assertThat(catchThrowable(() -> go(settings(), SupersenseData.load().atMost(23), server)))
                .isNotNull();

        assertThat(earlier).hasContent("learnt before");
    }

    @Test
    void wrongInputIsOneSentenceAndANonZeroExit() throws IOException {
        Path malformed = Files.writeString(directory.resolve("rows.tsv"), "no tab\n");

        assertThat(run("--data", malformed.toString())).isEqualTo(1);
        assertThat(text(err).strip().lines())
                .containsExactly(
                        "Error: Line 1 of rows.tsv is malformed: a line is a text, a tab and a category, which has letters or digits and none of : \" { } < >.");
    }

    @Test
    void wrongOptionsAreExplained() {
        assertThat(run("--rate", "fast")).isEqualTo(2);
        assertThat(run("--latency", "soon")).isEqualTo(2);
        assertThat(run("--max-cost", "1e999999999")).isEqualTo(2);
        assertThat(run("--price", "cheap")).isEqualTo(2);
        assertThat(run("--epochs", "0")).isEqualTo(2);
        assertThat(text(err))
                .contains(
                        "'fast' is no rate such as 600/min",
                        "'soon' is no time such as 200ms",
                        "'1e999999999' is no sum of dollars such as 1.50",
                        "'cheap' is no price such as 0.15/0.60",
                        "must be at least 1")
                .doesNotContain("Exception");
    }

    @Test
    void helpExplainsEveryOptionOnAScreenOf100Columns() {
        assertThat(run("--help")).isZero();
        for (String option :
                List.of("--seed", "--latency", "--rate", "--faults", "--max-cost", "--yes", "--data", "--out")) {
            assertThat(text(out)).contains(option);
        }
        assertThat(text(out).lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(100));
    }
}
