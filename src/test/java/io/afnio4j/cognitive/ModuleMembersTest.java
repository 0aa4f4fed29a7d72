package io.afnio4j.cognitive;

import static io.afnio4j.testing.Await.now;
import static io.afnio4j.testing.Saved.throughAFile;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.afnio4j.autodiff.Message;
import io.afnio4j.autodiff.MultiTurnMessages;
import io.afnio4j.autodiff.Parameter;
import io.afnio4j.autodiff.Variable;
import io.afnio4j.context.Phase;
import io.afnio4j.model.ApiKey;
import io.afnio4j.model.ChatMessage;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ClientOptions;
import io.afnio4j.model.CompletionOptions;
import io.afnio4j.model.Cost;
import io.afnio4j.model.MeteredChatModel;
import io.afnio4j.model.ModelPath;
import io.afnio4j.model.Price;
import io.afnio4j.model.TokenEstimator;
import io.afnio4j.model.Usage;
import io.afnio4j.model.UsageMeter;
import io.afnio4j.serial.HfFormat;
import io.afnio4j.testing.FakeModel;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Everything that can be registered, listed, saved and loaded. */
class ModuleMembersTest {

    private static final ChatRequest HELLO = ChatRequest.of(ChatMessage.user("hello"));

    private static MeteredChatModel metered() {
        return new MeteredChatModel(
                FakeModel.saying(text -> "answer"),
                new UsageMeter(),
                Price.perMillion("1000", "2000"),
                TokenEstimator.rough());
    }

    private static final class Agent extends Module {

        private final Parameter prompt = register("prompt", new Parameter("Answer.", "prompt"));
        private final Variable count = registerBuffer("count", new Variable(0, "count"));
        private final Variable scratch = registerBuffer("scratch", new Variable("", "scratch"), false);
        private final Parameter inChat = new Parameter("Be kind.", "manner");
        private final Variable word = new Variable("Hello", "greeting");
        private final MultiTurnMessages chat =
                register("chat", List.of(Message.system(prompt, inChat), Message.user(word)));
        private final UnaryOperator<String> parser = registerFunction("parser", text -> text.strip());

        private Agent(ChatModel model) {
            register("model", model);
            register("options", CompletionOptions.NONE.temperature(0.5));
        }
    }

    private static final class Team extends Module {

        private final Agent agent;

        private Team(ChatModel model) {
            this.agent = register("agent", new Agent(model));
            registerBuffer("own", new Variable(List.of("a"), "own"));
        }
    }

    private final MeteredChatModel model = metered();
    private final Team team = new Team(model);
    private final Agent agent = team.agent;

    @Test
    void everyKindIsListedByPathAndByName() {
        assertThat(team.parameters().byPath())
                .containsExactly(
                        Map.entry("agent.prompt", agent.prompt),
                        Map.entry("agent.chat.0.0", agent.prompt),
                        Map.entry("agent.chat.0.1", agent.inChat));
        assertThat(team.parameters()).containsExactly(agent.prompt, agent.inChat);
        assertThat(team.buffers().byPath().keySet()).containsExactly("own", "agent.count", "agent.scratch");
        assertThat(team.buffers().own().keySet()).containsExactly("own");
        assertThat(team.chats().byPath()).containsExactly(Map.entry("agent.chat", agent.chat));
        assertThat(team.models().byPath()).containsExactly(Map.entry("agent.model", model));
        assertThat(team.models().own()).isEmpty();
        assertThat(team.options().byPath())
                .containsExactly(Map.entry("agent.options", CompletionOptions.NONE.temperature(0.5)));
        assertThat(team.functions()).containsExactly(agent.parser);
        assertThat(agent.model("model")).isSameAs(model);
        assertThat(agent.options("options").get("temperature")).isEqualTo(0.5);
    }

    @Test
    void namesOfAnotherKindAreNotFound() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> agent.model("prompt"))
                .withMessage("This module has no model 'prompt'.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> agent.options("none"))
                .withMessage("This module has no options 'none'.");
    }

    @Test
    void aModuleCannotHoldItself() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> agent.register("team", team))
                .withMessage("The module 'team' holds the one that it is registered in.");
        assertThatIllegalArgumentException().isThrownBy(() -> agent.register("me", agent));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> agent.registerBuffer("buffer", new Parameter("", "")))
                .withMessage("'buffer' is a parameter, not a buffer. Use register.");
    }

    @Test
    void freezingAndClearingReachAllParameters() {
        agent.inChat.appendGrad(new Variable("Kinder.", "feedback"));

        team.requiresGrad(false);
        team.clearGrad();

        assertThat(agent.prompt.requiresGrad()).isFalse();
        assertThat(agent.inChat.requiresGrad()).isFalse();
        assertThat(agent.inChat.grad()).isEmpty();
    }

    @Test
    void saveAndLoadOfAModulesStateBringsEverythingBackButFunctionsAndScratch() {
        now(Phase.BACKWARD.of(model.chat(HELLO)));
        agent.prompt.data("Learnt.");
        agent.inChat.data("Learnt too.");
        agent.word.data("Good day");
        agent.count.data(List.of(1, 2, 3));
        agent.scratch.data("forgotten");
        Map<Object, Object> state = throughAFile(team.stateDict());
        MeteredChatModel fresh = metered();
        Team other = new Team(fresh);

        other.loadStateDict(state);

        assertThat(state.keySet())
                .containsExactly("own", "agent.prompt", "agent.count", "agent.chat", "agent.model", "agent.options");
        assertThat(other.agent.prompt.text()).isEqualTo("Learnt.");
        assertThat(other.agent.inChat.text()).isEqualTo("Learnt too.");
        assertThat(other.agent.word.text()).isEqualTo("Good day");
        assertThat(other.agent.count.data()).isEqualTo(List.of(1L, 2L, 3L));
        assertThat(other.agent.scratch.text()).isEmpty();
        assertThat(fresh.usage().byPhase()).isEqualTo(model.usage().byPhase());
        assertThat(fresh.usage().of(Phase.BACKWARD).usage()).isEqualTo(Usage.of(1, 1));
        assertThat(fresh.usage().total().cost()).isEqualTo(Cost.ofDollars("0.003"));
    }

    @Test
    void aStateIsACopy() {
        Map<String, Object> state = team.stateDict();
        agent.word.data("changed");

        team.loadStateDict(state);

        assertThat(agent.word.text()).isEqualTo("Hello");
    }

    @Test
    void optionsComeBackWithTheState() {
        Map<Object, Object> state = throughAFile(team.stateDict());
        state.put("agent.options", Map.of("temperature", 0.9, "stop", List.of("END")));

        team.loadStateDict(state);

        assertThat(agent.options("options"))
                .isEqualTo(CompletionOptions.NONE.temperature(0.9).stop("END"));
    }

    @Test
    void modelsAreSavedAsTypeAndUsageAndHandedInByName() {
        now(model.chat(HELLO));
        Map<Object, Object> state = throughAFile(team.stateDict());
        MeteredChatModel handedIn = metered();

        team.loadStateDict(state, true, Map.of("agent.model", handedIn));

        assertThat(((Map<?, ?>) state.get("agent.model")).get("type")).isEqualTo("test/fake");
        assertThat(agent.model("model")).isSameAs(handedIn);
        assertThat(handedIn.usage().total().calls()).isEqualTo(1);
    }

    @Test
    void loadingAStateForgetsNothingThatTheClientHasCountedSince() {
        now(model.chat(HELLO));
        Map<Object, Object> older = throughAFile(team.stateDict());
        now(model.chat(HELLO));
        now(Phase.JUDGE.of(model.chat(HELLO)));

        team.loadStateDict(older);

        assertThat(model.usage().of(Phase.FORWARD).calls()).isEqualTo(2);
        assertThat(model.usage().of(Phase.JUDGE).calls()).isEqualTo(1);
        assertThat(model.usage().total().cost()).isEqualTo(Cost.ofDollars("0.009"));
    }

    @Test
    void aModelThatIsNotHandedInIsNamedWithItsType() {
        Map<String, Object> state = team.stateDict();
        agent.prompt.data("kept");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> team.loadStateDict(state, true, Map.of("other", model)))
                .withMessage("The state needs a model client 'agent.model' of type test/fake, but only [other] are"
                        + " handed in. A state holds no keys: make the client anew.");
        assertThat(agent.prompt.text()).isEqualTo("kept");
    }

    @Test
    void noKeyIsEverInAState() {
        String secret = ApiKey.of("sk-very-secret").reveal();
        ChatModel real = ModelPath.parse("openai/gpt-4o")
                .resolve()
                .create("gpt-4o", ClientOptions.builder().apiKey(secret).build());
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        now(HfFormat.standard().save(new Team(real).stateDict(), out));
        real.close();

        assertThat(new Team(real).stateDict().toString()).doesNotContain(secret).contains("openai/gpt-4o");
        assertThat(out.toString(StandardCharsets.ISO_8859_1)).doesNotContain(secret);
    }

    @Test
    void whatOnlyOneSideHasIsListedUnlessStrict() {
        Map<String, Object> state = new LinkedHashMap<>(team.stateDict());
        state.remove("own");
        state.remove("agent.chat");
        state.put("strange", 1L);
        agent.prompt.data("changed");

        IncompatibleKeys keys = team.loadStateDict(state, false, team.models().byPath());

        assertThat(keys).isEqualTo(new IncompatibleKeys(List.of("own", "agent.chat"), List.of("strange")));
        assertThat(agent.prompt.text()).isEqualTo("Answer.");
    }

    @Test
    void whatHasAnotherShapeIsNamedAndNothingIsChanged() {
        agent.prompt.data("kept");
        Map<String, Object> wrong = new LinkedHashMap<>();
        wrong.put("agent.chat", List.of(Message.user(agent.word)));
        wrong.put("own", "a text");
        wrong.put("agent.options", List.of());
        wrong.put("agent.model", "openai/gpt-4o");
        wrong.put("agent.prompt", new Variable(List.of("a", "b"), "prompt"));

        wrong.forEach((path, value) -> {
            Map<String, Object> state = new LinkedHashMap<>(team.stateDict());
            state.put(path, value);
            state.put("agent.count", new Variable(7, "count"));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> team.loadStateDict(state))
                    .withMessageContaining("'" + path + "'");
        });
        assertThat(agent.count.data()).isEqualTo(0L);
    }

    @Test
    void aConversationOfOtherTurnsIsNamedByTurn() {
        Map<String, Object> state = new LinkedHashMap<>(team.stateDict());
        state.put("agent.chat", List.of(Message.system(agent.prompt, agent.word), Message.assistant(agent.word)));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> team.loadStateDict(state))
                .withMessage("The state has no user message of 1 parts for 'agent.chat.1'.");
    }

    @Test
    void usageThatIsNoneIsRefused() {
        for (Object usage : List.of(
                "much", Map.of("nights", Map.of()), Map.of("forward", 3L), Map.of("forward", Map.of("calls", -1L)))) {
            Map<String, Object> state = new LinkedHashMap<>(team.stateDict());
            state.put("agent.model", Map.of("type", "test/fake", "usage", usage));

            assertThatIllegalArgumentException()
                    .isThrownBy(() -> team.loadStateDict(state))
                    .withMessage("The state has no proper type and usage of a model client 'agent.model'. Was it saved"
                            + " from another one?");
        }
    }
}
