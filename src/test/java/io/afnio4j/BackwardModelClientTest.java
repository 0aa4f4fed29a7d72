package io.afnio4j;

import static io.afnio4j.testing.Await.now;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.afnio4j.autodiff.BackwardOptions;
import io.afnio4j.autodiff.Message;
import io.afnio4j.autodiff.Parameter;
import io.afnio4j.autodiff.Variable;
import io.afnio4j.context.Phase;
import io.afnio4j.error.AuthenticationException;
import io.afnio4j.model.ApiKey;
import io.afnio4j.model.BackwardClient;
import io.afnio4j.model.ClientOptions;
import io.afnio4j.model.CompletionOptions;
import io.afnio4j.model.UsageMeter;
import io.afnio4j.ops.ChatCompletion;
import io.afnio4j.ops.Inputs;
import io.afnio4j.testing.Contract;
import io.afnio4j.testing.FakeModel;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** The rows {@code afnio.get_backward_model_client} and {@code afnio.set_backward_model_client} of the reference. */
class BackwardModelClientTest {

    private static final ClientOptions WITH_KEY =
            ClientOptions.builder().apiKey("sk-test").build();
    private static final Variable WRONG = new Variable("Wrong.", "feedback");

    private final Parameter prompt = new Parameter("Answer.", "prompt");

    @BeforeEach
    @AfterEach
    void forgetTheDefault() {
        BackwardClient.setDefault(null);
    }

    private static FakeModel saying(String feedback) {
        return FakeModel.saying(question -> feedback);
    }

    /** What one call of a model answered; its backward asks once. */
    private static Variable answerTo(Variable prompt) {
        return now(ChatCompletion.of(saying("an answer"), List.of(Message.user(prompt)), Inputs.NONE)
                .run());
    }

    private List<String> feedback() {
        return prompt.grad().stream().map(Variable::text).toList();
    }

    @Test
    @Contract("get_backward_model_client: none set")
    void getBackwardModelClientSaysWhatToDoWhereNoneIsSet() {
        assertThatThrownBy(Afnio::getBackwardModelClient)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("No backward model client is set. Call Afnio.setBackwardModelClient(\"openai/gpt-4o\", ...)"
                        + " once, or put a BackwardClient into the context of the pass.");
    }

    @Test
    @Contract({
        "get_backward_model_client",
        "set_backward_model_client",
        "set_backward_model_client: client_args",
        "set_backward_model_client: completion_args"
    })
    void setBackwardModelClientTakesAPathClientOptionsAndCompletionOptions() {
        CompletionOptions cold = CompletionOptions.NONE.temperature(0);
        try (ModelClient plain = Afnio.setBackwardModelClient("openai/gpt-4o-mini", WITH_KEY)) {
            assertThat(Afnio.getBackwardModelClient()).isEqualTo(new BackwardClient(plain, CompletionOptions.NONE));
        }
        try (ModelClient client = Afnio.setBackwardModelClient("openai/meta/llama", WITH_KEY, cold)) {
            assertThat(client.name()).isEqualTo("openai/meta/llama");
            assertThat(Afnio.getBackwardModelClient()).isEqualTo(new BackwardClient(client, cold));
            assertThat(Afnio.getBackwardModelClient().usage()).isSameAs(client.usage());
            assertThat(Afnio.getBackwardModelClient().toString()).doesNotContain("sk-test");
        }
    }

    @Test
    @Contract({"set_backward_model_client", "set_backward_model_client: model_path"})
    void setBackwardModelClientWithoutArgumentsIsForGpt4oWithTheKeyOfTheEnvironment() {
        assumeThat(ApiKey.fromEnvironment("openai")).isNull();
        assertThat(Afnio.DEFAULT_MODEL).isEqualTo("openai/gpt-4o");

        assertThatThrownBy(Afnio::setBackwardModelClient)
                .isInstanceOf(AuthenticationException.class)
                .hasMessageContaining("OPENAI_API_KEY");
        assertThatThrownBy(() -> Afnio.setBackwardModelClient("openai/gpt-4o-mini"))
                .isInstanceOf(AuthenticationException.class);
    }

    @Test
    @Contract("set_backward_model_client: model_path")
    void setBackwardModelClientRefusesAPathThatIsNoneAndKeepsTheClientBefore() {
        Afnio.setBackwardModelClient(saying("kept"));
        BackwardClient before = Afnio.getBackwardModelClient();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> Afnio.setBackwardModelClient("gpt-4o", WITH_KEY))
                .withMessage("A model path has the form provider/model, such as openai/gpt-4o, but this is 'gpt-4o'.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Afnio.setBackwardModelClient("hal/9000", WITH_KEY))
                .withMessageContaining("No provider 'hal'");
        assertThat(Afnio.getBackwardModelClient()).isSameAs(before);
    }

    @Test
    @Contract("get_backward_model_client: usage")
    void getBackwardModelClientTellsTheUsageOfAPassAndClearsIt() {
        FakeModel model = saying("feedback");
        Afnio.setBackwardModelClient(model);
        UsageMeter usage = Afnio.getBackwardModelClient().usage();

        now(answerTo(answerTo(prompt)).backward(WRONG));

        assertThat(usage.of(Phase.BACKWARD).calls()).isEqualTo(2);
        assertThat(usage.of(Phase.BACKWARD).usage().totalTokens()).isEqualTo(4);
        assertThat(usage.of(Phase.FORWARD)).isEqualTo(UsageMeter.Totals.NONE);
        usage.clear();
        now(answerTo(prompt).backward(WRONG));
        assertThat(usage.total().calls()).isEqualTo(1);
        assertThat(model.requests()).hasSize(3);
    }

    @Test
    @Contract("get_backward_model_client: usage")
    void aClientThatDoesNotCountSaysSo() {
        assertThatThrownBy(() -> new BackwardClient(saying(""), CompletionOptions.NONE).usage())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("The model test/fake doesn't count what it uses. Wrap it in a MeteredChatModel, or make it"
                        + " with ModelClient.of.");
    }

    @Test
    @Contract("set_backward_model_client: set again")
    void setBackwardModelClientAgainSendsTheNextCallsToTheNewOneAndStartsItsUsageAtZero() {
        Sinks.One<String> late = Sinks.one();
        FakeModel old = FakeModel.reacting(request -> late.asMono());
        Afnio.setBackwardModelClient(old);
        BackwardClient before = Afnio.getBackwardModelClient();
        Variable answer = answerTo(answerTo(prompt));

        StepVerifier.create(answer.backward(WRONG))
                .then(() -> Afnio.setBackwardModelClient(saying("by the new one")))
                .then(() -> late.tryEmitValue("by the old one").orThrow())
                .expectComplete()
                .verify(Duration.ofSeconds(10));

        assertThat(feedback()).containsExactly("by the new one");
        assertThat(old.requests()).as("the call in flight was not lost").hasSize(1);
        assertThat(before.usage().total().calls()).isEqualTo(1);
        assertThat(Afnio.getBackwardModelClient().usage().total().calls()).isEqualTo(1);
    }

    @Test
    @Contract("set_backward_model_client: set again")
    void setBackwardModelClientAgainLeavesTheOldOneOpenForItsOwner() {
        boolean[] closed = new boolean[1];
        Afnio.setBackwardModelClient(saying("").onClose(() -> closed[0] = true));
        Afnio.setBackwardModelClient(saying(""));

        assertThat(closed[0]).isFalse();
    }

    @Test
    @Contract("set_backward_model_client: per pass and per tenant")
    void thePassesOwnClientGoesBeforeTheContextsAndThatBeforeTheDefault() {
        FakeModel byDefault = saying("default");
        Afnio.setBackwardModelClient(byDefault);
        BackwardClient ofContext = new BackwardClient(saying("context"), CompletionOptions.NONE);
        BackwardClient ofPass = new BackwardClient(saying("pass"), CompletionOptions.NONE);
        BackwardOptions own = BackwardOptions.DEFAULTS.gradient(WRONG).context(ofPass::in);

        now(answerTo(prompt).backward(WRONG));
        now(answerTo(prompt).backward(WRONG).contextWrite(ofContext::in));
        now(answerTo(prompt).backward(own).contextWrite(ofContext::in));

        assertThat(feedback()).containsExactly("default", "context", "pass");
        assertThat(byDefault.requests()).hasSize(1);
    }

    @Test
    @Contract("set_backward_model_client: per pass and per tenant")
    void tenantsOfOneJvmNeverSeeEachOthersClient() {
        Afnio.setBackwardModelClient(saying("of nobody"));

        List<List<String>> seen = now(Flux.range(0, 40)
                .flatMapSequential(tenant -> trainedBy("tenant " + tenant).subscribeOn(Schedulers.parallel()))
                .collectList());

        for (int tenant = 0; tenant < 40; tenant++) {
            assertThat(seen.get(tenant)).containsExactly("tenant " + tenant, "tenant " + tenant);
        }
    }

    /** Two passes of one tenant, whose answers come on other threads. */
    private static Mono<List<String>> trainedBy(String tenant) {
        Parameter own = new Parameter("Answer.", "prompt");
        FakeModel model = FakeModel.reacting(request -> Mono.just(tenant).publishOn(Schedulers.parallel()));
        Mono<Variable> answer = ChatCompletion.of(model, List.of(Message.user(own)), Inputs.NONE)
                .run();
        Mono<Void> pass = answer.flatMap(said -> said.backward(WRONG));
        return pass.then(pass)
                .then(Mono.fromSupplier(
                        () -> own.grad().stream().map(Variable::text).toList()))
                .contextWrite(new BackwardClient(model, CompletionOptions.NONE)::in);
    }
}
