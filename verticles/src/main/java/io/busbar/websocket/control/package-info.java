/**
 * The endpoint {@code /ws/control}: takes commands of dashboards and scripts and hands them to a
 * command target, as juniper-cascor does. Its texts are {@link io.busbar.juniper.ControlFrames}'.
 */
package io.busbar.websocket.control;
