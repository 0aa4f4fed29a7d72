package io.afnio4j.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.afnio4j.testing.Contract;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The row {@code afnio.MultiTurnMessages} of the reference. */
class MultiTurnMessagesTest {

    private final Variable instruction = new Variable("You are a helpful assistant.", "system prompt");
    private final Variable greeting = new Variable("Hello", "greeting");

    @Test
    @Contract("MultiTurnMessages")
    void multiTurnMessagesReadAsTheReferencesExample() {
        List<Message> messages = MultiTurnMessages.of(Message.system(instruction), Message.user(greeting));

        assertThat(messages)
                .containsExactly(new Message("system", List.of(instruction)), new Message("user", List.of(greeting)));
        assertThat(messages.get(0).parts().get(0).text()).isEqualTo("You are a helpful assistant.");
    }

    @Test
    @Contract("MultiTurnMessages")
    void multiTurnMessagesAreBuiltTurnByTurnAndEachStepIsACopy() {
        MultiTurnMessages opening = MultiTurnMessages.EMPTY.system(instruction);

        MultiTurnMessages whole = opening.developer(instruction)
                .user(greeting, instruction)
                .assistant(greeting)
                .and(Message.of("user", greeting));

        assertThat(opening).hasSize(1);
        assertThat(whole).extracting(Message::role).containsExactly("system", "developer", "user", "assistant", "user");
        assertThat(whole.get(2).parts()).containsExactly(greeting, instruction);
        assertThat(whole.variables()).containsExactly(instruction, greeting);
    }

    @Test
    @Contract("MultiTurnMessages")
    void multiTurnMessagesEqualAnyListOfTheSameTurns() {
        Message turn = Message.user(greeting);

        assertThat(MultiTurnMessages.of(turn)).isEqualTo(List.of(turn)).hasSameHashCodeAs(List.of(turn));
        assertThatThrownBy(() -> MultiTurnMessages.of(turn).add(turn))
                .isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    @Contract("MultiTurnMessages")
    void multiTurnMessagesRefuseATurnThatIsNull() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MultiTurnMessages.copyOf(Arrays.asList(Message.user(greeting), null)))
                .withMessage("Message 1 of the conversation is null.");
    }
}
