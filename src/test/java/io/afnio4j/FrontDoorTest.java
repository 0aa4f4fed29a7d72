package io.afnio4j;

import static io.afnio4j.testing.Await.now;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.afnio4j.autodiff.Parameter;
import io.afnio4j.autodiff.Variable;
import io.afnio4j.model.BackwardClient;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ClientOptions;
import io.afnio4j.model.CompletionOptions;
import io.afnio4j.model.MeteredChatModel;
import io.afnio4j.model.TokenEstimator;
import io.afnio4j.model.UsageMeter;
import io.afnio4j.testing.Contract;
import io.afnio4j.testing.FakeModel;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The functions of the reference's module that have no class of their own. */
class FrontDoorTest {

    @AfterEach
    void forgetTheClient() {
        BackwardClient.setDefault(null);
    }

    @Test
    @Contract("get_backward_model_client: none set")
    void gettingTheBackwardClientBeforeSettingOneSaysWhatToDo() {
        assertThatIllegalStateException()
                .isThrownBy(Afnio::getBackwardModelClient)
                .withMessageContaining("No backward model client is set")
                .withMessageContaining("setBackwardModelClient");
    }

    @Test
    @Contract({"get_backward_model_client", "set_backward_model_client: completion_args"})
    void theClientThatWasSetIsTheOneThatIsGot() {
        ChatModel model =
                new MeteredChatModel(FakeModel.saying(text -> text), new UsageMeter(), null, TokenEstimator.rough());
        CompletionOptions cool = CompletionOptions.NONE.temperature(0.1);
        Afnio.setBackwardModelClient(model, cool);

        assertThat(Afnio.getBackwardModelClient().model()).isSameAs(model);
        assertThat(Afnio.getBackwardModelClient().options()).isEqualTo(cool);
    }

    @Test
    @Contract({"set_backward_model_client", "set_backward_model_client: client_args"})
    void aPathAndOptionsMakeAClient() {
        ClientOptions options = ClientOptions.builder().apiKey("sk-test").build();
        try (ModelClient client = Afnio.setBackwardModelClient("openai/gpt-4o", options, CompletionOptions.NONE)) {
            assertThat(client.name()).isEqualTo("openai/gpt-4o");
            assertThat(Afnio.getBackwardModelClient().model()).isSameAs(client);
        }
    }

    @Test
    @Contract("set_backward_model_client: model_path")
    void aPathWithoutAProviderOrOfAnUnknownOneIsRefused() {
        refuses("gpt-4o", "A model path has the form provider/model, such as openai/gpt-4o, but this is 'gpt-4o'.");
        refuses("nobody/gpt-4o", "No provider 'nobody' is on the class path");
    }

    @Test
    @Contract({"save", "load", "save: the .hf name"})
    void whatIsSavedToAPathIsLoadedFromIt(@TempDir Path directory) {
        Path file = directory.resolve("variable.hf");
        now(Afnio.save(new Parameter("You are a doctor.", "system prompt"), file));

        assertThat(now(Afnio.load(file)))
                .isInstanceOfSatisfying(
                        Variable.class,
                        loaded -> assertThat(loaded)
                                .hasToString("variable(You are a doctor., role=system prompt, requires_grad=true)"));
    }

    private static void refuses(String path, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Afnio.setBackwardModelClient(path, ClientOptions.defaults(), CompletionOptions.NONE))
                .withMessageContaining(message);
    }
}
