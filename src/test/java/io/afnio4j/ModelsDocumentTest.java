package io.afnio4j;

import static io.afnio4j.testing.Await.now;
import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.error.AfnioException;
import io.afnio4j.error.AuthenticationException;
import io.afnio4j.error.BrokenAnswerException;
import io.afnio4j.error.BudgetExceededException;
import io.afnio4j.error.CircuitOpenException;
import io.afnio4j.error.EndpointFailedException;
import io.afnio4j.error.IncompleteAnswerException;
import io.afnio4j.error.RejectedRequestException;
import io.afnio4j.error.ThrottledException;
import io.afnio4j.error.UnavailableException;
import io.afnio4j.error.UnexpectedAnswerException;
import io.afnio4j.error.UnknownModelException;
import io.afnio4j.error.UnsupportedRequestException;
import io.afnio4j.model.ChatMessage;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.ClientOptions;
import io.afnio4j.model.ContentPart;
import io.afnio4j.model.EmbeddingModel;
import io.afnio4j.model.FinishReason;
import io.afnio4j.model.SharedBudget;
import io.afnio4j.model.ToolCall;
import io.afnio4j.model.Usage;
import io.afnio4j.model.limit.FallbackChatModel;
import io.afnio4j.model.script.ScriptedChatModel;
import io.afnio4j.testing.Answer;
import io.afnio4j.testing.Completions;
import io.afnio4j.testing.DocumentedCode;
import io.afnio4j.testing.LoopbackServer;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What {@code docs/models.md} says is so, and its programs do what they are there for. */
class ModelsDocumentTest {

    private static final Path PAGE = Path.of("docs/models.md");
    private static final ChatRequest HELLO = ChatRequest.of(ChatMessage.user("Hello"));

    @TempDir
    private static Path classes;

    private static URLClassLoader programs;

    @TempDir
    private Path directory;

    @BeforeAll
    static void compile() throws Exception {
        for (String program : DocumentedCode.blocks(PAGE, "java")) {
            DocumentedCode.compile(program, classes);
        }
        programs = new URLClassLoader(new URL[] {classes.toUri().toURL()}, ModelsDocumentTest.class.getClassLoader());
    }

    @AfterAll
    static void forget() throws Exception {
        programs.close();
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // each test knows what the page's methods give
    private static <T> T call(String program, String method, Object... arguments) throws Exception {
        Method called = Arrays.stream(programs.loadClass(program).getMethods())
                .filter(one -> one.getName().equals(method))
                .findFirst()
                .orElseThrow();
        return (T) called.invoke(null, arguments);
    }

    @Test
    void aBatchKeepsWhatFailedBesideItsQuestionAndAsksOnlyThatAgain() throws Exception {
        try (LoopbackServer server =
                LoopbackServer.reacting(request -> request.body().contains("bad")
                        ? Answer.json(400, Completions.error("No.", "invalid_request_error", "bad"))
                        : Completions.answer("fine"))) {
            ClientOptions stated = call("LargeBatch", "options");
            ClientOptions options = stated.toBuilder()
                    .apiKey("sk-test")
                    .baseUrl(server.baseUrl())
                    .build();
            Path file = directory.resolve("answers");
            Flux<String> questions = Flux.just("a", "bad", "c");

            Flux<Object> first = call("LargeBatch", "ask", questions, options, file);
            assertThat(now(first.map(Object::toString).collectList()))
                    .satisfiesExactly(
                            one -> assertThat(one).isEqualTo("Answered[question=a, text=fine, failure=null]"),
                            two -> assertThat(two).contains("question=bad", "RejectedRequestException"),
                            three -> assertThat(three).contains("question=c", "fine"));
            assertThat(server.requests()).hasSize(3);

            Flux<Object> again = call("LargeBatch", "ask", questions, options, file);
            assertThat(now(again.collectList())).hasSize(3);
            assertThat(server.requests())
                    .hasSize(4)
                    .last()
                    .matches(request -> request.body().contains("bad"));
        }
    }

    @Test
    void severalClientsDrawOnOneBudget() throws Exception {
        try (LoopbackServer server = LoopbackServer.answering(Completions.answer("fine"))) {
            ClientOptions options = ClientOptions.builder()
                    .apiKey("sk-test")
                    .baseUrl(server.baseUrl())
                    .build();
            Record job = call("Job", "with", options);
            try (ChatModel agent = part(job, "agent");
                    ChatModel critic = part(job, "critic");
                    EmbeddingModel vectors = part(job, "vectors")) {
                now(agent.chat(HELLO));
                now(critic.chat(HELLO));
                assertThat(vectors.name()).isEqualTo("openai/text-embedding-3-small");
            }
            SharedBudget budget = part(job, "budget");
            assertThat(budget.spent().calls()).isEqualTo(2);
            String spent = part(job, "spent");
            assertThat(spent).endsWith(" of $5.0000 are spent, and $0.0000 reserved for calls in flight");
        }
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // as above
    private static <T> T part(Record job, String name) throws Exception {
        return (T) job.getClass().getMethod(name).invoke(job);
    }

    @Test
    void anAnswerComesAsARecord() throws Exception {
        ScriptedChatModel model = ScriptedChatModel.answering("{\"word\":\"glad\",\"strength\":7}");

        Mono<Object> mood = call("Forms", "mood", model, "I won!");

        assertThat(now(mood)).hasToString("Mood[word=glad, strength=7]");
    }

    @Test
    void aModelGetsWhatTheToolsSay() throws Exception {
        ToolCall asked = new ToolCall("1", "weather", "{\"city\":\"Oslo\"}");
        ScriptedChatModel model = ScriptedChatModel.builder()
                .responding(request -> Mono.just(
                        request.messages().size() == 1
                                ? new ChatResponse("", List.of(asked), FinishReason.TOOL_CALLS, Usage.NONE, "m")
                                : new ChatResponse(
                                        "It is " + request.messages().get(2).text(),
                                        FinishReason.STOP,
                                        Usage.NONE,
                                        "m")))
                .build();
        Function<ToolCall, String> tools = made -> made.equals(asked) ? "snowing" : "unknown";

        Mono<String> answer = call("Forms", "withTools", model, HELLO.messages(), tools);

        assertThat(now(answer)).isEqualTo("It is snowing");
    }

    @Test
    void aPictureTravelsWithItsQuestion() throws Exception {
        ScriptedChatModel model = ScriptedChatModel.answering("a cat");

        Mono<String> answer = call("Forms", "describe", model, new byte[] {1, 2});

        assertThat(now(answer)).isEqualTo("a cat");
        assertThat(model.requests().get(0).messages().get(0).parts())
                .contains(ContentPart.image("image/png", new byte[] {1, 2}));
    }

    @Test
    void aStreamIsItsWords() throws Exception {
        Flux<String> stream = call("Forms", "words", ScriptedChatModel.answering("one two"), "Count.");

        List<String> words = now(stream.collectList());

        assertThat(words).hasSizeGreaterThan(1);
        assertThat(String.join("", words)).isEqualTo("one two");
    }

    @Test
    void aRecordingAnswersWithoutTheServer() throws Exception {
        Path file = directory.resolve("recording.jsonl");
        try (LoopbackServer server = LoopbackServer.answering(Completions.answer("recorded"))) {
            ClientOptions options = ClientOptions.builder()
                    .apiKey("sk-test")
                    .baseUrl(server.baseUrl())
                    .build();
            try (ChatModel model = call("Offline", "recorded", "openai/gpt-4o", options, file)) {
                assertThat(now(model.chat(HELLO)).text()).isEqualTo("recorded");
            }
        }
        try (ChatModel model = call("Offline", "recorded", "openai/gpt-4o", ClientOptions.defaults(), file)) {
            assertThat(now(model.chat(HELLO)).text()).isEqualTo("recorded");
        }
    }

    @Test
    void anUnreliableModelFailsNowAndThen() throws Exception {
        ChatModel model = call("Offline", "unreliable", 7L);

        List<Boolean> answered = now(Flux.range(0, 200)
                .concatMap(i -> model.chat(HELLO).map(answer -> true).onErrorReturn(AfnioException.class, false))
                .collectList());

        assertThat(answered).contains(true, false);
    }

    static Stream<AfnioException> failures() {
        return Stream.of(
                new ThrottledException("", null),
                new UnavailableException("", null),
                new EndpointFailedException(""),
                new BrokenAnswerException("", null),
                new CircuitOpenException("", Duration.ofSeconds(1)),
                new UnknownModelException(""),
                new AuthenticationException(""),
                new UnsupportedRequestException(""),
                new RejectedRequestException(""),
                new IncompleteAnswerException(""),
                new UnexpectedAnswerException(""),
                new BudgetExceededException(""));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void aSecondModelIsAskedAsTheTableSays(AfnioException failure) throws Exception {
        String row = Files.readAllLines(PAGE).stream()
                .filter(line -> line.startsWith("| `" + failure.getClass().getSimpleName() + "`"))
                .findFirst()
                .orElseThrow();
        ChatModel first = ScriptedChatModel.builder()
                .responding(request -> Mono.error(failure))
                .build();

        Boolean fellOver = now(FallbackChatModel.of(first, ScriptedChatModel.answering("second"))
                .chat(HELLO)
                .map(answer -> true)
                .onErrorReturn(false));

        assertThat(row).endsWith(fellOver ? row.endsWith("| at once |") ? "| at once |" : "| yes |" : "| no |");
    }
}
