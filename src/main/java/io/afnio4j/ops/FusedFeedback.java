package io.afnio4j.ops;

import io.afnio4j.error.AfnioException;
import io.afnio4j.error.RejectedRequestException;
import io.afnio4j.error.Together;
import io.afnio4j.error.UnsupportedRequestException;
import io.afnio4j.model.BackwardClient;
import io.afnio4j.model.CallWatch;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ContextWindow;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import reactor.core.publisher.Mono;

/**
 * Asks once per sample for the feedback to all variables that it used, and variable by variable for what the answer
 * leaves open.
 */
final class FusedFeedback {

    private final Feedback feedback;
    private final FeedbackRequest requests;
    private final BackwardClient client;

    FusedFeedback(Feedback feedback, FeedbackRequest requests, BackwardClient client) {
        this.feedback = feedback;
        this.requests = requests;
        this.client = client;
    }

    /** The answers in the order of the questions. */
    Mono<List<String>> answers(List<ChatCompletion.Question> questions) {
        Map<Integer, List<ChatCompletion.Question>> bySample = new LinkedHashMap<>();
        for (ChatCompletion.Question question : questions) {
            bySample.computeIfAbsent(question.sample(), sample -> new ArrayList<>())
                    .add(question);
        }
        List<Mono<Map<ChatCompletion.Question, String>>> samples =
                bySample.values().stream().map(this::sample).toList();
        return Together.asTheRuleSays(samples).map(answered -> {
            Map<ChatCompletion.Question, String> all = new LinkedHashMap<>();
            answered.forEach(all::putAll);
            return questions.stream().map(all::get).toList();
        });
    }

    private Mono<Map<ChatCompletion.Question, String>> sample(List<ChatCompletion.Question> questions) {
        FeedbackWatch watch = feedback.watch(questions.get(0));
        Mono<Map<String, String>> together =
                questions.size() == 1 ? Mono.just(Map.of()) : feedback.together(questions, together(questions));
        Mono<Map<String, String>> watched = watch == null ? together : together.contextWrite(watch::in);
        return watched.flatMap(known -> {
            Map<ChatCompletion.Question, String> answers = new LinkedHashMap<>();
            List<ChatCompletion.Question> open = new ArrayList<>();
            for (ChatCompletion.Question question : questions) {
                String text = known.get(FeedbackRequest.name(question));
                if (text == null) {
                    open.add(question);
                } else {
                    answers.put(question, text);
                    if (watch != null && !text.equals(Feedback.NOTHING)) {
                        feedback.announce(question, text, watch);
                    }
                }
            }
            return feedback.single(open, watch).map(texts -> {
                for (int i = 0; i < texts.size(); i++) {
                    answers.put(open.get(i), texts.get(i));
                }
                return answers;
            });
        });
    }

    /** What one call brings, by key; nothing where the model can't answer in this form. */
    private Mono<Map<String, String>> together(List<ChatCompletion.Question> questions) {
        ChatCompletion.Question first = questions.get(0);
        List<Integer> inputs =
                questions.stream().map(ChatCompletion.Question::input).toList();
        List<String> keys = questions.stream().map(FeedbackRequest::name).toList();
        Mono<Map<String, String>> call = Mono.deferContextual(caller -> {
            ChatRequest request = requests.fused(questions, client.options());
            return ContextWindow.excess(client.model(), request) > 0
                    ? Mono.just(Map.of())
                    : CallWatch.askWhole(caller, client.model(), request, feedback.role(first), first.sample())
                            .map(answer -> FusedAnswer.read(answer.text(), keys))
                            .onErrorResume(FusedFeedback::isForTheForm, refused -> Mono.just(Map.of()));
        });
        return feedback.once(new Fused(inputs, first), questions, call);
    }

    /**
     * Whether it may be the schema, or the length of several answers in one, that the model can't cope with; not where
     * its answers can't be read at all.
     */
    private static boolean isForTheForm(Throwable failure) {
        return failure instanceof RejectedRequestException
                || failure instanceof UnsupportedRequestException
                || (failure instanceof AfnioException known && known.isDueToWords());
    }

    /** Questions that are asked together: the inputs of all, and the first of them. */
    private record Fused(List<Integer> inputs, ChatCompletion.Question first) {}
}
