package io.busbar.gateway.cli.client;

import io.busbar.gateway.cli.CliException;
import io.busbar.gateway.cli.ExitCode;
import io.busbar.gateway.cli.OutputFormat;
import java.net.URI;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Which gateway, with which key, and how the answer is shown. */
final class GatewayOptions {
  @Option(
      names = "--url",
      paramLabel = "URL",
      defaultValue = "${env:BUSBAR_URL:-http://127.0.0.1:8080}",
      description = "Address of a node's HTTP API (env BUSBAR_URL; default ${DEFAULT-VALUE}).")
  private String url = "http://127.0.0.1:8080";

  @Option(names = "--api-key", paramLabel = "KEY", description = "API key (env BUSBAR_API_KEY).")
  private String apiKey;

  @Option(
      names = "--ca",
      paramLabel = "FILE",
      description = "PEM authorities that may have signed the node's certificate (env BUSBAR_CA).")
  private Path ca;

  @Option(
      names = "--cert",
      paramLabel = "FILE",
      description = "PEM certificate to show to a node that asks for one (env BUSBAR_CERT).")
  private Path cert;

  @Option(
      names = "--cert-key",
      paramLabel = "FILE",
      description = "PEM private key of --cert (env BUSBAR_CERT_KEY).")
  private Path certKey;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      defaultValue = "text",
      description = "${COMPLETION-CANDIDATES} (default ${DEFAULT-VALUE}).")
  private OutputFormat output = OutputFormat.text;

  boolean json() {
    return output == OutputFormat.json;
  }

  /** Null = none. */
  String apiKey() {
    return apiKey != null ? apiKey : System.getenv("BUSBAR_API_KEY");
  }

  /** Whose certificates a node may show, and which one it is shown. */
  ClientTls tls() {
    return new ClientTls(
        file(ca, "BUSBAR_CA"), file(cert, "BUSBAR_CERT"), file(certKey, "BUSBAR_CERT_KEY"));
  }

  private static Path file(Path given, String variable) {
    String named = System.getenv(variable);
    return given == null && named != null && !named.isEmpty() ? Path.of(named) : given;
  }

  /** The base address, without a slash at its end. */
  URI uri() {
    URI uri;
    try {
      uri = URI.create(url.endsWith("/") ? url.substring(0, url.length() - 1) : url);
    } catch (IllegalArgumentException e) {
      throw badUrl();
    }
    boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
    if (!http || uri.getHost() == null) {
      throw badUrl();
    }
    return uri;
  }

  private CliException badUrl() {
    return new CliException(
        ExitCode.USAGE, "--url is '" + url + "', expected something like http://127.0.0.1:8080");
  }
}
