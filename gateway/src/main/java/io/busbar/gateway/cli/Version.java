package io.busbar.gateway.cli;

import picocli.CommandLine.IVersionProvider;

/** The build's version, from the jar's manifest. */
public final class Version implements IVersionProvider {

  /** Such as {@code 0.1.0}; {@code development} outside a jar. */
  public static String current() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  @Override
  public String[] getVersion() {
    return new String[] {
      "busbar " + current(), "Java " + Runtime.version() + " on " + System.getProperty("os.name")
    };
  }
}
