package io.afnio4j.cognitive;

import static io.afnio4j.testing.Await.now;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.afnio4j.autodiff.GradMode;
import io.afnio4j.autodiff.Message;
import io.afnio4j.autodiff.Parameter;
import io.afnio4j.autodiff.Variable;
import io.afnio4j.model.BackwardClient;
import io.afnio4j.model.CompletionOptions;
import io.afnio4j.ops.Inputs;
import io.afnio4j.testing.FakeModel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

class ContainersTest {

    private final FakeModel model = FakeModel.saying(text -> "(" + text + ")");
    private final ChatModule first = chat("one {input}");
    private final ChatModule second = chat("two {input}");

    private ChatModule chat(String prompt) {
        return ChatModule.of(model, List.of(Message.user(new Parameter(prompt, "prompt"))));
    }

    private static Variable input() {
        return new Variable("a", "word");
    }

    @Test
    void aChatModuleAsksItsModelWithItsMessagesAndOptions() {
        ChatModule mood = first.with(CompletionOptions.NONE.temperature(0)).as("mood");

        Variable said = now(mood.forward(Inputs.of("input", "b")));

        assertThat(said.text()).isEqualTo("(one b)");
        assertThat(said.role()).isEqualTo("mood");
        assertThat(model.requests().get(0).options().get("temperature")).isEqualTo(0.0);
        assertThat(mood.parameters()).isEqualTo(first.parameters());
        assertThat(mood.parameters().byPath().keySet()).containsExactly("messages.0.0");
        assertThat(mood.models().byPath().keySet()).containsExactly("model");
    }

    @Test
    void aChatModulesModelMayBeHandedInWithAState() {
        FakeModel other = FakeModel.saying(text -> "other");

        first.loadStateDict(first.stateDict(), true, Map.of("model", other));

        assertThat(now(first.forward(input())).text()).isEqualTo("other");
    }

    @Test
    void aSequenceRunsItsLayersInOrderAndFeedbackReachesAll() {
        Sequential agent = Sequential.of(first, text -> Mono.just(text.upper()), second);

        Variable made = now(agent.forward(input()));
        now(made.backward(new Variable("Longer.", "feedback"))
                .contextWrite(new BackwardClient(FakeModel.saying(text -> "Say more."), CompletionOptions.NONE)::in));

        assertThat(made.text()).isEqualTo("(two (ONE A))");
        assertThat(agent.parameters().byPath().keySet()).containsExactly("0.messages.0.0", "2.messages.0.0");
        assertThat(agent.functions().byPath().keySet()).containsExactly("1");
        assertThat(agent.parameters())
                .allSatisfy(prompt -> assertThat(prompt.grad()).hasSize(1));
        assertThatIllegalArgumentException().isThrownBy(Sequential::of);
    }

    @Test
    void aSequenceThatWasMadeWithoutGradStaysUnwatched() {
        Sequential agent = Sequential.of(first, second);

        Mono<Variable> unwatched = GradMode.noGrad(() -> agent.forward(input()));

        assertThat(now(unwatched).requiresGrad()).isFalse();
        assertThat(now(agent.forward(input())).requiresGrad()).isTrue();
    }

    @Test
    void asManyLayersAsOneLikesTakeNoStack() {
        Layer[] layers = new Layer[20_000];
        Arrays.fill(layers, (Layer) text ->
                Mono.just(text.map(before -> "" + (1 + Integer.parseInt(before)), "count")));
        Variable input = new Variable("0", "count", true);

        Variable made = now(Sequential.of(layers).forward(input));
        now(made.backward(new Variable("Less.", "feedback")).thenReturn(true));

        assertThat(made.text()).isEqualTo("20000");
        assertThat(input.grad()).hasSize(1);
    }

    @Test
    void layersThatAnswerLaterAreAskedOneAfterTheOther() {
        Sinks.One<Variable> later = Sinks.one();
        List<String> asked = new ArrayList<>();
        Sequential agent = Sequential.of(text -> later.asMono(), text -> {
            asked.add(text.text());
            return Mono.just(text.upper());
        });

        StepVerifier.create(agent.forward(input()))
                .then(() -> assertThat(asked).isEmpty())
                .then(() -> later.tryEmitValue(new Variable("b", "word")).orThrow())
                .expectNextMatches(made -> made.text().equals("B"))
                .expectComplete()
                .verify(Duration.ofSeconds(10));
        assertThat(asked).containsExactly("b");
    }

    @Test
    void whereALayerGivesNothingTheLayersBehindItAreNotAsked() {
        Sequential agent = Sequential.of(text -> Mono.just(text), text -> Mono.empty(), second);

        assertThat(agent.forward(input()).blockOptional()).isEmpty();
        assertThat(model.requests()).isEmpty();
    }

    @Test
    void aListOfModulesIsRegisteredByNumber() {
        ModuleList<ChatModule> list = ModuleList.of(List.of(first, second));

        assertThat(list.get(1)).isSameAs(second);
        assertThat(list.parts()).containsExactly(first, second);
        assertThat(list.children()).containsExactly(Map.entry("0", first), Map.entry("1", second));
    }

    @Test
    void aMapOfModulesIsRegisteredByName() {
        Map<String, ChatModule> parts = new LinkedHashMap<>();
        parts.put("left", first);
        parts.put("right", second);
        ModuleMap<ChatModule> map = ModuleMap.of(parts);

        assertThat(map.get("right")).isSameAs(second);
        assertThat(map.parts().keySet()).containsExactly("left", "right");
        assertThat(map.children()).isEqualTo(parts);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> map.get("middle"))
                .withMessage("No module is named 'middle'; there are [left, right].");
    }
}
