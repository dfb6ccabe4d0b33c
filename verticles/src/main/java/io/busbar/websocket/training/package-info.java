/**
 * The endpoint {@code /ws/training}: shows the channel of the training stream to dashboards, with
 * resume on any node, as juniper-cascor does. Its texts are {@link
 * io.busbar.juniper.training.TrainingFrames}'.
 */
package io.busbar.websocket.training;
