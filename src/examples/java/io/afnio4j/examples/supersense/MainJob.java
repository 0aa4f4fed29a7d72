package io.afnio4j.examples.supersense;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The command line of the main job: reads what the user wants, hands it to a {@link Run}, and says what went wrong in a
 * sentence.
 */
@Command(
        name = "main-job",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        usageHelpWidth = 98,
        description = {
            "Optimises the prompt of a classifier on real data, over real HTTP, and measures it on rows that it never saw.",
            "",
            "By default it runs offline: an embedded stand-in answers behind a loopback server that speaks the "
                    + "OpenAI protocol. With OPENAI_API_KEY, or AFNIO_BASE_URL and AFNIO_MODEL, the same program runs "
                    + "against that endpoint instead.",
            ""
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:Done.",
            "1:Failed; what was learnt until then is saved.",
            "2:The command line can't be understood."
        })
final class MainJob implements Callable<Integer> {

    @Mixin
    private Settings settings = new Settings();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private final PrintStream out;

    private MainJob(PrintStream out) {
        this.out = out;
    }

    public static void main(String[] arguments) {
        System.exit(command(System.out, System.err).execute(arguments));
    }

    static CommandLine command(PrintStream out, PrintStream err) {
        MainJob job = new MainJob(out);
        CommandLine command = new CommandLine(job)
                .setOut(new PrintWriter(out, true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(err, true, StandardCharsets.UTF_8));
        return command.setExecutionExceptionHandler((failure, line, parsed) -> {
            out.flush();
            err.println("\nError: " + Lines.plain(Failures.sentence(failure)));
            if (job.settings.verbose) {
                failure.printStackTrace(err);
            }
            return 1;
        });
    }

    @Override
    public Integer call() {
        String problem = settings.problem();
        if (problem != null) {
            throw new ParameterException(spec.commandLine(), problem);
        }
        Display display = new Display(out, Display.isTerminal());
        SupersenseData data = settings.data == null ? SupersenseData.load() : OwnRows.read(settings.data);
        try (Endpoint endpoint = Endpoint.of(System.getenv(), settings)) {
            return new Run(settings, data.atMost(settings.rows), endpoint, display).go() ? 0 : 1;
        }
    }
}
