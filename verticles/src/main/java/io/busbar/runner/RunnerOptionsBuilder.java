package io.busbar.runner;

/** Changes some of the {@link RunnerOptions}. */
public final class RunnerOptionsBuilder {
  private String host;
  private int port;
  private int maxResets;
  private long resetWindowMillis;
  private int maxIdleFrames;
  private int maxMessage;
  private long maxBody;
  private long maxStreams;
  private int maxCalls;
  private int maxCallsPerConnection;
  private int maxWaiting;
  private int maxConnections;
  private int maxHeaders;
  private int streamWindow;
  private int connectionWindow;
  private long partialMessages;
  private long handshakeMillis;
  private long noProgressMillis;
  private long idleMillis;
  private long drainMillis;
  private boolean detached;
  private StatusOptions status;
  private String configureHook;
  private String logsHook;

  RunnerOptionsBuilder(RunnerOptions from) {
    host = from.host();
    port = from.port();
    maxResets = from.maxResets();
    resetWindowMillis = from.resetWindowMillis();
    maxIdleFrames = from.maxIdleFrames();
    maxMessage = from.maxMessage();
    maxBody = from.maxBody();
    maxStreams = from.maxStreams();
    maxCalls = from.maxCalls();
    maxCallsPerConnection = from.maxCallsPerConnection();
    maxWaiting = from.maxWaiting();
    maxConnections = from.maxConnections();
    maxHeaders = from.maxHeaders();
    streamWindow = from.streamWindow();
    connectionWindow = from.connectionWindow();
    partialMessages = from.partialMessages();
    handshakeMillis = from.handshakeMillis();
    noProgressMillis = from.noProgressMillis();
    idleMillis = from.idleMillis();
    drainMillis = from.drainMillis();
    detached = from.detached();
    status = from.status();
    configureHook = from.configureHook();
    logsHook = from.logsHook();
  }

  public RunnerOptionsBuilder host(String value) {
    host = value;
    return this;
  }

  public RunnerOptionsBuilder port(int value) {
    port = value;
    return this;
  }

  public RunnerOptionsBuilder maxResets(int value) {
    maxResets = value;
    return this;
  }

  public RunnerOptionsBuilder resetWindowMillis(long value) {
    resetWindowMillis = value;
    return this;
  }

  public RunnerOptionsBuilder maxIdleFrames(int value) {
    maxIdleFrames = value;
    return this;
  }

  public RunnerOptionsBuilder maxMessage(int value) {
    maxMessage = value;
    return this;
  }

  public RunnerOptionsBuilder maxBody(long value) {
    maxBody = value;
    return this;
  }

  public RunnerOptionsBuilder maxStreams(long value) {
    maxStreams = value;
    return this;
  }

  public RunnerOptionsBuilder maxCalls(int value) {
    maxCalls = value;
    return this;
  }

  public RunnerOptionsBuilder maxCallsPerConnection(int value) {
    maxCallsPerConnection = value;
    return this;
  }

  public RunnerOptionsBuilder maxWaiting(int value) {
    maxWaiting = value;
    return this;
  }

  public RunnerOptionsBuilder maxConnections(int value) {
    maxConnections = value;
    return this;
  }

  public RunnerOptionsBuilder maxHeaders(int value) {
    maxHeaders = value;
    return this;
  }

  public RunnerOptionsBuilder streamWindow(int value) {
    streamWindow = value;
    return this;
  }

  public RunnerOptionsBuilder connectionWindow(int value) {
    connectionWindow = value;
    return this;
  }

  public RunnerOptionsBuilder partialMessages(long value) {
    partialMessages = value;
    return this;
  }

  public RunnerOptionsBuilder handshakeMillis(long value) {
    handshakeMillis = value;
    return this;
  }

  public RunnerOptionsBuilder noProgressMillis(long value) {
    noProgressMillis = value;
    return this;
  }

  public RunnerOptionsBuilder idleMillis(long value) {
    idleMillis = value;
    return this;
  }

  public RunnerOptionsBuilder drainMillis(long value) {
    drainMillis = value;
    return this;
  }

  public RunnerOptionsBuilder detached(boolean value) {
    detached = value;
    return this;
  }

  public RunnerOptionsBuilder status(StatusOptions value) {
    status = value;
    return this;
  }

  public RunnerOptionsBuilder configureHook(String value) {
    configureHook = value;
    return this;
  }

  public RunnerOptionsBuilder logsHook(String value) {
    logsHook = value;
    return this;
  }

  /** Checks the values like {@link RunnerOptions} does. */
  public RunnerOptions build() {
    return new RunnerOptions(
        host,
        port,
        maxResets,
        resetWindowMillis,
        maxIdleFrames,
        maxMessage,
        maxBody,
        maxStreams,
        maxCalls,
        maxCallsPerConnection,
        maxWaiting,
        maxConnections,
        maxHeaders,
        streamWindow,
        connectionWindow,
        partialMessages,
        handshakeMillis,
        noProgressMillis,
        idleMillis,
        drainMillis,
        detached,
        status,
        configureHook,
        logsHook);
  }
}
