package io.afnio4j.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.afnio4j.testing.Contract;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class MessageTest {

    private final Variable part = new Variable("hello", "greeting");

    @Test
    @Contract("MultiTurnMessages")
    void speaksAsOneOfFourRoles() {
        assertThat(Message.system(part).role()).isEqualTo("system");
        assertThat(Message.user(part, part).parts()).containsExactly(part, part);
        assertThat(Message.assistant(part).role()).isEqualTo("assistant");
        assertThat(Message.developer(part).role()).isEqualTo("developer");
        assertThat(Message.of("user", part)).isEqualTo(Message.user(part));
    }

    @Test
    @Contract("MultiTurnMessages")
    void refusesAnotherRole() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Message("teacher", List.of(part)))
                .withMessage("A message's role is one of [system, developer, user, assistant], not 'teacher'.");
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", " ", "User", "user "})
    @Contract("MultiTurnMessages")
    void refusesARoleThatIsEmptyOrNearlyRight(String role) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Message.of(role, part))
                .withMessage("A message's role is one of [system, developer, user, assistant], not '" + role + "'.");
    }

    @Test
    @Contract("MultiTurnMessages")
    void refusesAPartThatIsNull() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Message("user", Arrays.asList(part, null)))
                .withMessage("Part 1 of a user message is null. A part is a variable; leave out what isn't there.");
        assertThatIllegalArgumentException().isThrownBy(() -> Message.system((Variable) null));
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
