export const words = {
  close: ['关闭', 'Close'],
  loading: ['正在读取…', 'Loading…'],
  retry: ['重试', 'Try again'],
  offlineTitle: ['连不上服务器', 'Cannot reach the server'],
  offlineText: [
    '请检查网络或服务是否在运行；恢复后会自动继续。',
    'Check the network and the service; work continues by itself once it is back.',
  ],
  failed: ['没能读到数据', 'Could not read the data'],
  forbidden: ['没有权限', 'Not allowed'],
  forbiddenText: [
    '您的账号不能查看这里的内容，请联系管理员。',
    'Your account may not see this. Please ask an administrator.',
  ],
  missing: ['找不到', 'Not found'],
  missingText: [
    '它可能已被删除，或不在您的管辖范围内。',
    'It may have been deleted or lie outside your area.',
  ],
  serverFault: ['服务器出错了，请稍后再试。', 'The server failed. Please try again later.'],
  broken: ['这一部分没能载入', 'This part could not be loaded'],
  brokenText: [
    '可能是网络中断，或服务刚升级过。重新载入页面即可，已保存的内容不受影响。',
    'The network may be down, or the service has just been upgraded. Reloading helps; saved work is safe.',
  ],
  reload: ['重新载入', 'Reload'],
  demo: ['演示数据：生成', 'Demo data: generated'],
} as const;
