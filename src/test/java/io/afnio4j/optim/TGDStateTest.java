package io.afnio4j.optim;

import static io.afnio4j.testing.Await.now;
import static io.afnio4j.testing.Saved.throughAFile;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.afnio4j.autodiff.Parameter;
import io.afnio4j.autodiff.Variable;
import io.afnio4j.context.Phase;
import io.afnio4j.model.CompletionOptions;
import io.afnio4j.model.MeteredChatModel;
import io.afnio4j.model.TokenEstimator;
import io.afnio4j.model.UsageMeter;
import io.afnio4j.testing.FakeModel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What an optimizer remembers, to a file and back. */
class TGDStateTest {

    private final Parameter first = new Parameter("First.", "first prompt");
    private final Parameter second = new Parameter("Second.", "second prompt");
    private final List<String> asked = new ArrayList<>();

    private MeteredChatModel model(String name) {
        return new MeteredChatModel(
                FakeModel.saying(text -> {
                    asked.add(text);
                    return "<improved_value>\n" + name + " " + asked.size() + "\n</improved_value>";
                }),
                new UsageMeter(),
                null,
                TokenEstimator.rough());
    }

    private TGD optimizer(MeteredChatModel main, MeteredChatModel other) {
        return TGD.builder(main, List.of(first))
                .momentum(3)
                .options(CompletionOptions.NONE.temperature(0.5))
                .group(
                        List.of(second),
                        options -> options.model(other).momentum(2).attempts(4))
                .build();
    }

    private void step(TGD optimizer, String feedback) {
        optimizer.clearGrad();
        first.appendGrad(new Variable(feedback, "feedback"));
        second.appendGrad(new Variable(feedback, "feedback"));
        now(optimizer.step());
    }

    @Test
    void saveAndLoadOfAnOptimizersStateKeepsMomentumGroupsAndUsage() {
        TGD before = optimizer(model("main"), model("other"));
        step(before, "feedback 1");
        step(before, "feedback 2");
        Map<Object, Object> state = throughAFile(before.stateDict());
        MeteredChatModel main = model("main");
        TGD after = TGD.builder(main, List.of(first))
                .group(List.of(second), options -> options.model(model("other")))
                .build();

        after.loadStateDict(state);

        assertThat(after.stateDict()).isEqualTo(before.stateDict());
        assertThat(main.usage().of(Phase.OPTIMIZER).calls()).isEqualTo(2);
        asked.clear();
        step(after, "feedback 3");
        assertThat(asked.get(0)).contains("feedback 1", "feedback 2", "feedback 3", "First.");
        assertThat(asked.get(1)).contains("feedback 2", "feedback 3").doesNotContain("feedback 1");
    }

    @Test
    void theStateIsByParameterIndexWithGroupsAndClientsWithoutKeys() {
        Map<String, Object> state = optimizer(model("main"), model("other")).stateDict();

        assertThat(state.keySet()).containsExactly("kind", "momentum", "groups", "clients");
        assertThat(state.get("momentum")).isEqualTo(List.of(List.of(), List.of()));
        assertThat((List<?>) state.get("groups"))
                .isEqualTo(List.of(
                        Map.of(
                                "parameters",
                                List.of(0L),
                                "momentum",
                                3,
                                "attempts",
                                2,
                                "completion",
                                Map.of("temperature", 0.5),
                                "client",
                                "client"),
                        Map.of(
                                "parameters",
                                List.of(1L),
                                "momentum",
                                2,
                                "attempts",
                                4,
                                "completion",
                                Map.of("temperature", 0.5),
                                "client",
                                "client.1")));
        assertThat(state.get("clients"))
                .isEqualTo(Map.of(
                        "client", Map.of("type", "test/fake", "usage", Map.of()),
                        "client.1", Map.of("type", "test/fake", "usage", Map.of())));
    }

    @Test
    void clientsAreHandedInByName() {
        TGD optimizer = optimizer(model("main"), model("other"));
        Map<Object, Object> state = throughAFile(optimizer.stateDict());
        MeteredChatModel main = model("new main");
        MeteredChatModel other = model("new other");

        optimizer.loadStateDict(state, Map.of("client", main, "client.1", other));

        assertThat(optimizer.clients()).isEqualTo(Map.of("client", main, "client.1", other));
        step(optimizer, "feedback");
        assertThat(first.text()).startsWith("new main");
        assertThat(second.text()).startsWith("new other");
    }

    @Test
    void aClientThatIsNotHandedInIsNamedWithItsType() {
        TGD optimizer = optimizer(model("main"), model("other"));
        step(optimizer, "feedback");
        Map<String, Object> before = optimizer.stateDict();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> optimizer.loadStateDict(
                        optimizer(model("a"), model("b")).stateDict(), Map.of("client", model("main"))))
                .withMessage("The state needs a model client 'client.1' of type test/fake, but only [client] are handed"
                        + " in. A state holds no keys: make the client anew.");
        assertThat(optimizer.stateDict()).isEqualTo(before);
    }

    @Test
    void aStateOfOtherParametersIsRefusedAndChangesNothing() {
        TGD optimizer = optimizer(model("main"), model("other"));
        step(optimizer, "feedback");
        Map<String, Object> good = optimizer.stateDict();
        TGD one = TGD.builder(model("main"), List.of(first)).build();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> one.loadStateDict(good))
                .withMessage("This is not the state of a TGD over 1 parameters in 1 groups.");
        List<Map<String, Object>> broken = List.of(
                with(good, "kind", "SGD"),
                with(good, "momentum", List.of(List.of(), List.of("x"))),
                with(good, "momentum", List.of(List.of(), "x")),
                with(good, "momentum", List.of(List.of(), List.of(Map.of("value", "v", "feedback", List.of(1L))))),
                with(good, "groups", List.of(Map.of(), Map.of())),
                with(good, "clients", Map.of()),
                with(good, "clients", Map.of("client", "openai/gpt-4o")));
        for (Map<String, Object> state : broken) {
            assertThatIllegalArgumentException().isThrownBy(() -> optimizer.loadStateDict(state));
        }
        assertThat(optimizer.stateDict()).isEqualTo(good);
    }

    private static Map<String, Object> with(Map<String, Object> state, String key, Object value) {
        Map<String, Object> copy = new HashMap<>(state);
        copy.put(key, value);
        return copy;
    }
}
