package io.afnio4j.ops;

import static io.afnio4j.testing.Await.now;

import io.afnio4j.autodiff.Message;
import io.afnio4j.autodiff.Parameter;
import io.afnio4j.autodiff.Variable;
import io.afnio4j.model.BackwardClient;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.CompletionOptions;
import io.afnio4j.testing.FakeModel;
import java.util.List;
import reactor.core.publisher.Mono;

/** A call with two prompts, and what its backward needs: the ground of the tests of feedback. */
abstract class FeedbackCalls {

    final FakeModel echo = FakeModel.saying(text -> "echo " + text);
    final Parameter system = new Parameter("Be kind.", "system prompt");
    final Parameter prompt = new Parameter("Say {word}.", "prompt");

    final Variable answer(Inputs inputs) {
        return now(ChatCompletion.of(echo, List.of(Message.system(system), Message.user(prompt)), inputs)
                .as("answer")
                .run());
    }

    static Mono<Void> backward(Variable output, Object feedback, BackwardClient client) {
        return output.backward(new Variable(feedback, "feedback")).contextWrite(client::in);
    }

    static BackwardClient client(ChatModel model) {
        return new BackwardClient(model, CompletionOptions.NONE);
    }

    static List<String> texts(Variable leaf) {
        return leaf.grad().stream().map(Variable::text).toList();
    }

    /** A model that takes so many tokens. */
    record Windowed(ChatModel model, long contextWindow) implements ChatModel {

        @Override
        public String name() {
            return model.name();
        }

        @Override
        public Mono<ChatResponse> chat(ChatRequest request) {
            return model.chat(request);
        }
    }
}
