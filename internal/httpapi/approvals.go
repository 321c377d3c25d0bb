package httpapi

func (s *Server) approvalRoutes() {}
