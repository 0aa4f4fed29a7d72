package io.afnio4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelPathTest {

    @Test
    void splitsAtTheFirstSlash() {
        assertThat(ModelPath.parse("openai/gpt-4o")).isEqualTo(new ModelPath("openai", "gpt-4o"));
        assertThat(ModelPath.parse("openai/meta-llama/llama-3-8b"))
                .isEqualTo(new ModelPath("openai", "meta-llama/llama-3-8b"))
                .hasToString("openai/meta-llama/llama-3-8b");
    }

    @Test
    void leavesOutTheSpaceAround() {
        assertThat(ModelPath.parse(" openai/gpt-4o\n")).isEqualTo(new ModelPath("openai", "gpt-4o"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "/",
                "gpt-4o",
                "openai",
                "openai/",
                "/gpt-4o",
                "openai/ ",
                " /gpt-4o",
                "open ai/gpt-4o",
                "openai /gpt-4o",
                "openai/gpt 4o",
                "openai/gpt-4o\nx",
                "openai/\u0000"
            })
    void refusesWhatIsNotProviderAndModel(String path) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ModelPath.parse(path))
                .withMessageStartingWith(
                        "A model path has the form provider/model, such as openai/gpt-4o, but this is '");
    }

    @Test
    void refusesPartsThatMakeAnotherPath() {
        assertThatIllegalArgumentException().isThrownBy(() -> new ModelPath("a/b", "c"));
    }

    @Test
    void namesTheProvidersThatThereAre() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ModelPath.parse("hal/9000").resolve())
                .withMessage(
                        "No provider 'hal' is on the class path; known are [anthropic, gemini, openai, own]. OpenAI-compatible servers use"
                                + " openai/<model> with a base URL.");
    }
}
