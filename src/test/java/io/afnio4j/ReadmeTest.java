package io.afnio4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.autodiff.Message;
import io.afnio4j.autodiff.Parameter;
import io.afnio4j.autodiff.Variable;
import io.afnio4j.model.script.ScriptedChatModel;
import io.afnio4j.ops.ChatCompletion;
import io.afnio4j.ops.Evaluator;
import io.afnio4j.ops.Inputs;
import io.afnio4j.picture.Graph;
import io.afnio4j.testing.Await;
import io.afnio4j.testing.DocumentedCode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;

class ReadmeTest {

    private static String block(String language) throws IOException {
        return DocumentedCode.blocks(Path.of("README.md"), language).get(0);
    }

    @Test
    void theProgramToPasteCompilesAndIsShort(@TempDir Path directory) throws IOException {
        String program = block("java");

        DocumentedCode.compile(program, directory);

        assertThat(program.lines().filter(line -> !line.isBlank() && !line.startsWith("import")))
                .hasSizeLessThanOrEqualTo(30);
    }

    @Test
    void thePictureIsWhatTheLibraryDraws() throws IOException {
        ScriptedChatModel model = ScriptedChatModel.by(request -> "text");
        Variable article = new Variable("An article.", "article");
        Mono<Variable> summary = ask(model, "Sum up: {article}", "prompt for a summary", article, "article")
                .map(text -> named(text, "summary"));
        Mono<Variable> keywords = ask(model, "Name keywords of: {article}", "prompt for keywords", article, "article")
                .map(text -> named(text, "keywords"));
        Variable headline = Await.now(Mono.zip(summary, keywords)
                .flatMap(parts -> ask(
                        model,
                        "Write a headline for: {notes}",
                        "prompt for a headline",
                        parts.getT1().plus(parts.getT2()),
                        "notes")));

        Variable explanation = Evaluator.exactMatch()
                .evaluate(named(headline, "headline"), "A headline")
                .explanation();

        assertThat(block("mermaid")).isEqualTo(Graph.of(explanation).toMermaid());
    }

    private static Variable named(Variable variable, String role) {
        variable.role(role);
        return variable;
    }

    private static Mono<Variable> ask(
            ScriptedChatModel model, String template, String role, Variable input, String name) {
        return ChatCompletion.of(model, List.of(Message.user(new Parameter(template, role))), Inputs.of(name, input))
                .run();
    }
}
