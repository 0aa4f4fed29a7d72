package io.afnio4j.optim;

import io.afnio4j.autodiff.Variable;
import io.afnio4j.context.Forgetting;
import io.afnio4j.error.RejectedRequestException;
import io.afnio4j.error.UnexpectedAnswerException;
import io.afnio4j.model.CallWatch;
import io.afnio4j.model.ChatMessage;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.ContextWindow;
import io.afnio4j.prompt.Fence;
import io.afnio4j.prompt.PromptTemplate;
import io.afnio4j.prompt.Wording;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Asks a model for a better value until the answer can be used. */
final class Rewriter {

    private final Settings settings;
    private final StepAnswers answers;

    Rewriter(Settings settings, StepAnswers answers) {
        this.settings = settings;
        this.answers = answers;
    }

    Mono<Rewrite> rewrite(Rewrite wanted) {
        return Forgetting.where(
                UnexpectedAnswerException::wasOfNoUse,
                attempt(wanted, settings.instructions().about(places(wanted)), 1));
    }

    private Mono<Rewrite> attempt(Rewrite wanted, List<ChatMessage> conversation, int attempt) {
        return ask(wanted, new ChatRequest(conversation, settings.options())).flatMap(answer -> {
            String value = Fence.content(Instructions.ANSWER_TAG, answer);
            Problem problem = problem(wanted, value);
            if (problem == null) {
                return Mono.just(wanted.to(Objects.requireNonNull(value))); // to have none is a problem
            }
            if (attempt == settings.attempts()) {
                return Mono.error(new UnexpectedAnswerException(
                        "No usable new value for the "
                                + wanted.parameter().role() + " came from "
                                + settings.model().name() + " in " + settings.attempts()
                                + " answers. The last one: "
                                + problem.words() + " A model that follows instructions better may help.",
                        problem.thrown()));
            }
            List<ChatMessage> again = new ArrayList<>(conversation);
            again.add(ChatMessage.assistant(answer));
            again.add(ChatMessage.user(Wording.REWRITE_AGAIN.with("problem", problem.words())));
            return attempt(wanted, again, attempt + 1);
        });
    }

    private Mono<String> ask(Rewrite wanted, ChatRequest request) {
        ChatModel model = settings.model();
        long excess = ContextWindow.excess(model, request);
        if (excess > 0) {
            return Mono.error(new RejectedRequestException("The request for a new value of the "
                    + wanted.parameter().role() + " is about " + excess + " tokens too long for " + model.name()
                    + ", which takes " + model.contextWindow()
                    + " with its answer. Condense the feedback with TGD's reducer(Condenser.within(...)), shorten the momentum, or use a"
                    + " model with a larger context window."));
        }
        return answers.once(
                new Question(wanted.parameter(), request),
                Mono.deferContextual(caller -> CallWatch.ask(
                                caller, model, request, wanted.parameter().role(), 0))
                        .map(ChatResponse::text));
    }

    private @Nullable Problem problem(Rewrite wanted, @Nullable String value) {
        if (value == null) {
            return Problem.of("it has no text between <improved_value> and </improved_value>.");
        }
        if (value.contains(Instructions.ANSWER_TAG + ">") && !wanted.before().contains(Instructions.ANSWER_TAG + ">")) {
            return Problem.of(
                    "<improved_value> or </improved_value> stands in it more than once. Write each once, around the value.");
        }
        if (value.isBlank()) {
            return Problem.of("the new value is blank.");
        }
        for (String name : PromptTemplate.of(wanted.before()).names()) {
            if (!value.contains("{" + name + "}")) {
                return Problem.of("the place {" + name + "} is lost.");
            }
        }
        return settings.constraints().stream()
                .map(constraint -> constraint.brokenBy(value))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    private Map<String, String> places(Rewrite wanted) {
        return Map.of(
                "role", wanted.parameter().role(),
                "value", Fence.around("current_value", wanted.before()),
                "history", history(wanted.past()),
                "feedback", items("feedback", wanted.feedback()),
                "constraints", constraints());
    }

    private static String history(List<History.Entry> past) {
        if (past.isEmpty()) {
            return "";
        }
        String entries = past.stream()
                .map(entry ->
                        Fence.around("past_value", entry.value()) + "\n" + items("past_feedback", entry.feedback()))
                .collect(Collectors.joining("\n"));
        return Wording.REWRITE_HISTORY.with("entries", entries);
    }

    private String constraints() {
        List<Constraint> constraints = settings.constraints();
        if (constraints.isEmpty()) {
            return "";
        }
        String rules = constraints.stream().map(rule -> "- " + rule.words()).collect(Collectors.joining("\n"));
        return Wording.REWRITE_CONSTRAINTS.with("rules", rules);
    }

    private static String items(String tag, List<String> texts) {
        return texts.stream().map(text -> Fence.around(tag, text)).collect(Collectors.joining("\n"));
    }

    /**
     * Parameters that are asked about in the same words may be rewritten by different models, and by different rules.
     */
    private record Question(Variable parameter, ChatRequest request) {}
}
