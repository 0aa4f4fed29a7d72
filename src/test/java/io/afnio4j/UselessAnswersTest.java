package io.afnio4j;

import static io.afnio4j.testing.Await.now;
import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.autodiff.BackwardException;
import io.afnio4j.autodiff.BackwardOptions;
import io.afnio4j.autodiff.Engine;
import io.afnio4j.autodiff.GradientReducer;
import io.afnio4j.autodiff.Message;
import io.afnio4j.autodiff.Parameter;
import io.afnio4j.autodiff.Variable;
import io.afnio4j.cognitive.Functional;
import io.afnio4j.error.PermanentException;
import io.afnio4j.error.RejectedRequestException;
import io.afnio4j.error.UnexpectedAnswerException;
import io.afnio4j.model.AnswerCache;
import io.afnio4j.model.BackwardClient;
import io.afnio4j.model.ChatMessage;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.ClientOptions;
import io.afnio4j.model.CompletionOptions;
import io.afnio4j.model.FinishReason;
import io.afnio4j.model.ToolCall;
import io.afnio4j.model.Usage;
import io.afnio4j.model.UsageMeter;
import io.afnio4j.model.limit.DiskCache;
import io.afnio4j.model.limit.Journal;
import io.afnio4j.model.limit.MemoryCache;
import io.afnio4j.model.limit.Resilience;
import io.afnio4j.model.script.ScriptedChatModel;
import io.afnio4j.model.structured.Structured;
import io.afnio4j.ops.ChatCompletion;
import io.afnio4j.ops.Condenser;
import io.afnio4j.ops.Inputs;
import io.afnio4j.ops.Judge;
import io.afnio4j.optim.TGD;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/**
 * Answers are kept, in a cache or a journal, so that nothing is paid for twice; but not those that made who asked fail,
 * or the next try would fail of them again.
 */
class UselessAnswersTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final AtomicInteger asked = new AtomicInteger();

    @TempDir
    private Path folder;

    /** Gives useless answers first, and then good ones. */
    private ScriptedChatModel inTurn(int useless, String good) {
        return ScriptedChatModel.by(request -> asked.incrementAndGet() <= useless ? "Well." : good);
    }

    private static ChatModel keeping(ChatModel model, AnswerCache cache) {
        return Resilience.around(model, ClientOptions.builder().cache(cache).build(), new UsageMeter());
    }

    private static void isUseless(Mono<?> work) {
        StepVerifier.create(work).expectError(UnexpectedAnswerException.class).verify(LIMIT);
    }

    private static TGD rewriting(ChatModel model) {
        Parameter prompt = new Parameter("Name the mood.", "prompt");
        prompt.appendGrad(new Variable("Too short.", "feedback"));
        return TGD.builder(model, List.of(prompt)).build();
    }

    /** As a program does that is started again: nothing is left of the first one but the file. */
    private void isRewrittenByASecondRun(AnswerCache first, Supplier<AnswerCache> next) {
        ScriptedChatModel model = inTurn(2, "<improved_value>Name the mood of it.</improved_value>");

        isUseless(rewriting(keeping(model, first)).step());
        assertThat(model.calls()).isEqualTo(2);
        AnswerCache second = next.get();

        assertThat(now(rewriting(keeping(model, second)).step())).hasSize(1);
        assertThat(model.calls()).isEqualTo(3);
        assertThat(now(rewriting(keeping(model, second)).step())).hasSize(1);
        assertThat(model.calls()).as("the good answer is kept").isEqualTo(3);
    }

    @Test
    void rewritesAreForgottenByACacheInMemory() {
        MemoryCache cache = MemoryCache.of(100);

        isRewrittenByASecondRun(cache, () -> cache);
    }

    @Test
    void rewritesAreForgottenByACacheOnDisk() {
        DiskCache first = DiskCache.in(folder.resolve("cache"));
        DiskCache again = DiskCache.in(folder.resolve("cache"));
        isRewrittenByASecondRun(first, () -> {
            now(first.closeLater().thenReturn(again));
            return again;
        });
        StepVerifier.create(again.closeLater()).expectComplete().verify(LIMIT);
    }

    @Test
    void rewritesAreForgottenByAJournal() {
        ScriptedChatModel model = inTurn(2, "<improved_value>Name the mood of it.</improved_value>");
        Path file = folder.resolve("step.journal");

        isUseless(journaled(file, journal -> rewriting(journal.keeping(model)).step()));
        Mono<?> second =
                journaled(file, journal -> rewriting(journal.keeping(model)).step());

        StepVerifier.create(second).expectNextCount(1).expectComplete().verify(LIMIT);
        assertThat(model.calls()).isEqualTo(3);
    }

    private static <T> Mono<T> journaled(Path file, Function<Journal, Mono<T>> work) {
        return Mono.usingWhen(
                Mono.fromSupplier(() -> Journal.in(file)),
                journal -> journal.around(work.apply(journal)),
                Journal::closeLater);
    }

    @Test
    void verdictsAreForgotten() {
        ChatModel model = keeping(inTurn(2, "{\"explanation\": \"It is.\", \"score\": 1}"), MemoryCache.of(100));
        Judge judge = Judge.of(model, List.of(Message.user(new Variable("Is {prediction} good?", "question"))));
        Mono<?> judged = judge.evaluate(new Variable("This", "prediction"));

        isUseless(judged);

        StepVerifier.create(judged).expectNextCount(1).expectComplete().verify(LIMIT);
        assertThat(asked).hasValue(3);
    }

    record Mood(String word) {}

    @Test
    void recordsAreForgotten() {
        ChatModel model = keeping(inTurn(1, "{\"word\": \"glad\"}"), MemoryCache.of(100));
        Mono<Mood> mood = Structured.of(model, Mood.class).ask(ChatRequest.of(ChatMessage.user("I won!")));

        isUseless(mood);

        assertThat(now(mood)).isEqualTo(new Mood("glad"));
        assertThat(now(mood)).isEqualTo(new Mood("glad"));
        assertThat(asked).hasValue(2);
    }

    static List<PermanentException> failuresOfTheWire() {
        return List.of(new RejectedRequestException("No."), UnexpectedAnswerException.unread("It is packed."));
    }

    @ParameterizedTest
    @MethodSource("failuresOfTheWire")
    void whatIsNoFaultOfTheWordsForgetsNothing(PermanentException failure) {
        AtomicInteger calls = new AtomicInteger();
        ScriptedChatModel model = ScriptedChatModel.by(request -> switch (calls.incrementAndGet()) {
            case 1 -> "Well.";
            case 2 -> throw failure;
            default -> "<improved_value>Name the mood of it.</improved_value>";
        });
        MemoryCache cache = MemoryCache.of(100);

        StepVerifier.create(rewriting(keeping(model, cache)).step())
                .expectError(failure.getClass())
                .verify(LIMIT);
        now(rewriting(keeping(model, cache)).step());

        assertThat(calls)
                .as("the first answer, which only has to be sent back, is kept")
                .hasValue(3);
        assertThat(model.requests().get(2).messages()).hasSize(4);
    }

    @Test
    void callsOfToolsThatNobodyRunsAreForgotten() {
        ScriptedChatModel wire = ScriptedChatModel.builder()
                .responding(request -> Mono.just(
                        asked.incrementAndGet() == 1
                                ? new ChatResponse(
                                        "",
                                        List.of(new ToolCall("1", "search", "{}")),
                                        FinishReason.TOOL_CALLS,
                                        Usage.NONE,
                                        "m")
                                : new ChatResponse("glad", FinishReason.STOP, Usage.NONE, "m")))
                .build();
        CompletionOptions tools = CompletionOptions.NONE.with("tools", List.of(Map.of("type", "function")));
        Mono<Variable> mood = ChatCompletion.of(
                        keeping(wire, MemoryCache.of(100)),
                        List.of(Message.user(new Variable("I won!", "words"))),
                        Inputs.NONE)
                .with(tools)
                .run();

        isUseless(mood);

        assertThat(now(mood).text()).isEqualTo("glad");
        assertThat(asked).hasValue(2);
    }

    private static List<Variable> longFeedback(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new Variable("#" + i + " " + "what went wrong. ".repeat(22), "feedback"))
                .toList();
    }

    @Test
    void oneThatIsUselessAmongManyThatAreCondensedIsAskedAloneAgain() {
        ScriptedChatModel model =
                ScriptedChatModel.by(request -> asked.incrementAndGet() == 3 ? " " : "brief " + asked.get());
        Condenser condenser = Condenser.within(200)
                .by(new BackwardClient(keeping(model, MemoryCache.of(100)), CompletionOptions.NONE));
        Mono<?> condensed = condenser.reduce(longFeedback(40), GradientReducer.Answers.FORGOTTEN);

        isUseless(condensed);
        int before = asked.get();
        now(condensed);

        assertThat(before).isGreaterThan(5);
        assertThat(asked).hasValue(before + 1);
    }

    @Test
    void whatWasCondensedIsForgottenByThePassAndByACache() {
        ScriptedChatModel model =
                ScriptedChatModel.by(request -> asked.incrementAndGet() == 1 ? "word ".repeat(1_000) : "brief");
        BackwardClient client = new BackwardClient(keeping(model, MemoryCache.of(100)), CompletionOptions.NONE);
        Condenser condenser = Condenser.within(200).by(client);
        Parameter prompt = new Parameter("word", "prompt");
        Variable word = Functional.upper(prompt);
        List<Variable> said = longFeedback(4);
        List<Variable> ends =
                IntStream.range(0, 4).mapToObj(i -> Functional.upper(word)).toList();
        Mono<Void> pass = Engine.backward(ends, said, BackwardOptions.DEFAULTS).contextWrite(condenser::in);

        StepVerifier.create(pass).expectError(BackwardException.class).verify(LIMIT);

        StepVerifier.create(pass).expectComplete().verify(LIMIT);
        assertThat(prompt.grad()).singleElement().asString().contains("brief");
        assertThat(asked).hasValue(2);
    }
}
