package io.afnio4j.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.afnio4j.testing.Contract;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MessageTest {

    private final Variable part = new Variable("hello", "greeting");

    @Test
    @Contract("MultiTurnMessages")
    void speaksAsOneOfFourRoles() {
        assertThat(Message.system(part).role()).isEqualTo("system");
        assertThat(Message.user(part, part).parts()).containsExactly(part, part);
        assertThat(Message.assistant(part).role()).isEqualTo("assistant");
        assertThat(new Message("developer", List.of(part)).role()).isEqualTo("developer");
    }

    @Test
    @Contract("MultiTurnMessages")
    void refusesAnotherRole() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Message("teacher", List.of(part)))
                .withMessage("A message's role is one of [system, developer, user, assistant], not 'teacher'.");
    }

    @Test
    @Contract("MultiTurnMessages")
    void refusesToSayNothing() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Message.user())
                .withMessage("A user message needs at least one part.");
    }

    @Test
    @Contract("MultiTurnMessages")
    void copiesItsParts() {
        List<Variable> parts = new ArrayList<>(List.of(part));
        Message message = new Message("user", parts);
        parts.clear();

        assertThat(message.parts()).containsExactly(part);
    }
}
