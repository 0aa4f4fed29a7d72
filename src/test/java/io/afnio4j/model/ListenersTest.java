package io.afnio4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.afnio4j.context.Phase;
import io.afnio4j.error.RetriableException;
import io.afnio4j.error.UnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import reactor.util.context.Context;

/** Two listeners in one context. */
class ListenersTest {

    private final List<String> heard = new ArrayList<>();

    @Test
    void theOuterListenerToCallsHearsAlsoWhereTheInnerOneThrows() {
        CallListener outer = event -> heard.add("outer");
        CallListener broken = event -> {
            heard.add("inner");
            throw new IllegalStateException("broken listener");
        };
        CallListener both = Objects.requireNonNull(CallListener.of(broken.in(outer.in(Context.empty()))));
        CallEvent event = new CallEvent.Started(new CallEvent.Call(Phase.FORWARD, "answer", 0));

        assertThatThrownBy(() -> both.on(event)).hasMessage("broken listener");
        assertThat(heard).containsExactly("inner", "outer");
    }

    @Test
    void theOuterListenerToExchangesHearsOfTheirEndsAndRetriesAlsoWhereTheInnerOneThrows() {
        ExchangeListener both = both();
        Exchange exchange =
                new Exchange(Phase.FORWARD, Exchange.Outcome.ANSWERED, Usage.NONE, false, null, Duration.ZERO);
        RetriableException failure = new UnavailableException("down", null);

        assertThatThrownBy(() -> both.onEnd(exchange)).hasMessage("inner end");
        assertThatThrownBy(() -> both.onRetry(1, Duration.ZERO, failure)).hasMessage("inner retry");
        assertThat(heard).containsExactly("inner end", "outer end", "inner retry", "outer retry");
    }

    @Test
    void anExchangeThatTheInnerListenerForbidsIsNoneForTheOuterOne() {
        ExchangeListener both = both();

        assertThatThrownBy(both::onStart).hasMessage("inner start");
        assertThat(heard).containsExactly("inner start");
    }

    @Test
    void anExchangeThatTheOuterListenerForbidsIsTakenBackFromTheInnerOne() {
        ExchangeListener outer = new Hearing("outer", true);
        ExchangeListener both =
                Objects.requireNonNull(ExchangeListener.of(new Hearing("inner", false).in(outer.in(Context.empty()))));

        assertThatThrownBy(both::onStart).hasMessage("outer start");
        assertThat(heard).containsExactly("inner start", "outer start", "inner refusal");
    }

    private ExchangeListener both() {
        ExchangeListener outer = new Hearing("outer", false);
        return Objects.requireNonNull(ExchangeListener.of(new Hearing("inner", true).in(outer.in(Context.empty()))));
    }

    private final class Hearing implements ExchangeListener {

        private final String name;
        private final boolean broken;

        private Hearing(String name, boolean broken) {
            this.name = name;
            this.broken = broken;
        }

        private void hear(String what) {
            heard.add(name + what);
            if (broken) {
                throw new IllegalStateException(name + what);
            }
        }

        @Override
        public void onStart() {
            hear(" start");
        }

        @Override
        public void onRefusal() {
            hear(" refusal");
        }

        @Override
        public void onEnd(Exchange exchange) {
            hear(" end");
        }

        @Override
        public void onRetry(long attempt, Duration delay, RetriableException failure) {
            hear(" retry");
        }
    }
}
