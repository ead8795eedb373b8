// What the kernel itself needs to attach namespaces to a bridge, and to remove them and it: nslab's requests, from C.
// Usage: limit attach|remove BRIDGE COUNT, in a network namespace and with a /run/netns of one's own. Prints seconds.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <fcntl.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { BATCH = 128, ROOM = 512, GROUP = 4711 };

struct batch {
  char bytes[BATCH * ROOM];
  size_t used;
  struct nlmsghdr *last;
};

static struct batch pending;

static void *extend(size_t size) {
  void *place = pending.bytes + pending.used;
  memset(place, 0, NLMSG_ALIGN(size));
  pending.used += NLMSG_ALIGN(size);
  return place;
}

static void *begin(int kind, int flags, size_t size) {
  struct nlmsghdr *header = extend(NLMSG_HDRLEN);
  header->nlmsg_type = kind;
  header->nlmsg_flags = NLM_F_REQUEST | flags;
  pending.last = header;
  return extend(size);
}

static struct rtattr *open_attribute(int kind) {
  struct rtattr *attribute = extend(RTA_LENGTH(0));
  attribute->rta_type = kind;
  return attribute;
}

static void close_attribute(struct rtattr *attribute) {
  attribute->rta_len = pending.bytes + pending.used - (char *)attribute;
}

static void add(int kind, const void *data, size_t size) {
  struct rtattr *attribute = open_attribute(kind);
  memcpy(extend(size), data, size);
  attribute->rta_len = RTA_LENGTH(size);
}

static void finish(void) { pending.last->nlmsg_len = pending.bytes + pending.used - (char *)pending.last; }

static int route_socket(void) {
  int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
  if (fd < 0) err(1, "socket");
  return fd;
}

static void carry_out(int fd) {
  char reply[8192];
  pending.last->nlmsg_flags |= NLM_F_ACK;
  if (send(fd, pending.bytes, pending.used, 0) < 0) err(1, "send");
  if (recv(fd, reply, sizeof reply, 0) < 0) err(1, "recv");
  struct nlmsgerr *answer = NLMSG_DATA(reply);
  if (answer->error) errx(1, "netlink: %s", strerror(-answer->error));
  pending.used = 0;
}

static int index_of(int fd, const char *name) {
  struct ifreq request = {0};
  strncpy(request.ifr_name, name, IFNAMSIZ - 1);
  if (ioctl(fd, SIOCGIFINDEX, &request)) err(1, "%s", name);
  return request.ifr_ifindex;
}

static void make_namespace(int number, int *file, int *fd) {
  char path[64];
  snprintf(path, sizeof path, "/run/netns/ns%d", number);
  close(open(path, O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0));
  if (unshare(CLONE_NEWNET) || mount("/proc/thread-self/ns/net", path, "none", MS_BIND, NULL)) err(1, "%s", path);
  *file = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
  *fd = route_socket();
}

static void make_pair(int number, int bridge, int far_namespace) {
  char near[IFNAMSIZ], far[IFNAMSIZ];
  int near_size = snprintf(near, sizeof near, "veth-ns%d", number) + 1;
  int far_size = snprintf(far, sizeof far, "eth00-ns%d", number) + 1;
  struct ifinfomsg *link = begin(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, sizeof *link);
  link->ifi_flags = link->ifi_change = IFF_UP;
  add(IFLA_IFNAME, near, near_size);
  add(IFLA_MASTER, &bridge, sizeof bridge);
  struct rtattr *info = open_attribute(IFLA_LINKINFO);
  add(IFLA_INFO_KIND, "veth", 4);
  struct rtattr *data = open_attribute(IFLA_INFO_DATA);
  struct rtattr *peer = open_attribute(VETH_INFO_PEER);
  extend(sizeof(struct ifinfomsg));
  add(IFLA_IFNAME, far, far_size);
  add(IFLA_NET_NS_FD, &far_namespace, sizeof far_namespace);
  close_attribute(peer);
  close_attribute(data);
  close_attribute(info);
  finish();
}

static void set_inside(int number, int fd) {
  char far[IFNAMSIZ];
  snprintf(far, sizeof far, "eth00-ns%d", number);
  int index = index_of(fd, far);
  unsigned ip = htonl(0x0a000002 + number);
  struct ifaddrmsg *address = begin(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, sizeof *address);
  address->ifa_family = AF_INET;
  address->ifa_prefixlen = 16;
  address->ifa_index = index;
  add(IFA_LOCAL, &ip, sizeof ip);
  add(IFA_ADDRESS, &ip, sizeof ip);
  finish();
  struct ifinfomsg *link = begin(RTM_NEWLINK, 0, sizeof *link);
  link->ifi_index = index;
  link->ifi_flags = link->ifi_change = IFF_UP;
  finish();
  carry_out(fd);
}

static void attach(const char *name, int wanted) {
  int host = route_socket(), bridge = index_of(host, name), files[BATCH], fds[BATCH];
  for (int start = 0; start < wanted; start += BATCH) {
    int some = wanted - start < BATCH ? wanted - start : BATCH;
    for (int i = 0; i < some; i++) make_namespace(start + i, &files[i], &fds[i]);
    for (int i = 0; i < some; i++) make_pair(start + i, bridge, files[i]);
    carry_out(host);
    for (int i = 0; i < some; i++) set_inside(start + i, fds[i]);
    for (int i = 0; i < some; i++) close(fds[i]), close(files[i]);
  }
}

static void take_names(int wanted) {
  char path[64];
  for (int number = 0; number < wanted; number++) {
    snprintf(path, sizeof path, "/run/netns/ns%d", number);
    if (umount2(path, MNT_DETACH) || unlink(path)) err(1, "%s", path);
  }
}

// All interfaces go by one message about their group, and meanwhile the names of the namespaces, by a second process.
static void remove_all(const char *bridge, int wanted) {
  int host = route_socket(), group = GROUP, status;
  char name[IFNAMSIZ];
  for (int number = 0; number <= wanted; number++) {
    snprintf(name, sizeof name, "veth-ns%d", number);
    struct ifinfomsg *link = begin(RTM_SETLINK, 0, sizeof *link);
    link->ifi_index = index_of(host, number < wanted ? name : bridge);
    add(IFLA_GROUP, &group, sizeof group);
    finish();
    if (number % BATCH == BATCH - 1 || number == wanted) carry_out(host);
  }
  pid_t beside = fork();
  if (beside < 0) err(1, "fork");
  if (!beside) {
    take_names(wanted);
    _exit(0);
  }
  begin(RTM_DELLINK, 0, sizeof(struct ifinfomsg));
  add(IFLA_GROUP, &group, sizeof group);
  finish();
  carry_out(host);
  if (waitpid(beside, &status, 0) < 0 || status) errx(1, "names are left");
}

int main(int count, char **words) {
  if (count != 4) errx(2, "usage: limit attach|remove BRIDGE COUNT");
  struct timespec began, ended;
  clock_gettime(CLOCK_MONOTONIC, &began);
  (strcmp(words[1], "remove") ? attach : remove_all)(words[2], atoi(words[3]));
  clock_gettime(CLOCK_MONOTONIC, &ended);
  printf("%.6f\n", (ended.tv_sec - began.tv_sec) + (ended.tv_nsec - began.tv_nsec) * 1e-9);
  return 0;
}
